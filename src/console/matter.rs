//! `GET /matters/{matter}`: the look at a matter, which the ledger has before the eye.

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};

use super::error::Error;
use super::matter_page::{Looked, MatterPage};
use super::page::{Answer, html};
use super::state::Console;
use super::typed::Typed;
use super::who::Signed;
use crate::model::{Step, Timestamp};
use crate::record::{self, Act, Store};

/// Examinations, related matters and channels that a page shows.
const SHOWN: u32 = 20;

/// Reads all that the page is made of.
fn look(store: &Store, matter: i64) -> record::Result<Looked> {
    let docket = store.docket(matter)?;
    let routes: record::Result<_> =
        docket.proposals.iter().map(|proposed| store.route(proposed.id)).collect();
    Ok(Looked {
        seen: store.seen(matter)?,
        docket,
        routes: routes?,
        examinations: store.examinations(matter, SHOWN)?,
        related: store.related(matter, SHOWN)?,
        channels: store.channels(SHOWN)?,
        passages: store.passages(matter)?,
    })
}

/// Enters a look, then reads. What is shown is what was entered: should the matter change
/// in between, it is entered again.
async fn looked(
    console: &Console,
    name: String,
    at: Timestamp,
    matter: i64,
) -> Result<Looked, Error> {
    for _ in 0..3 {
        let person = name.clone();
        let seen = console
            .records
            .write(move |store| store.open_matter(Act { actor: &person, at }, matter))
            .await?;
        let looked = console.records.read(move |store| look(store, matter)).await?;
        if looked.seen == seen {
            return Ok(looked);
        }
    }
    Err(Error::Record(record::Error::Busy))
}

/// The page, with what was typed and what became of it.
pub(super) async fn page(
    console: &Console,
    signed: &Signed,
    matter: i64,
    typed: &Typed,
    wanted: (&str, &str),
) -> Result<MatterPage, Error> {
    signed.must_work()?;
    let looked = looked(console, signed.person.name.clone(), console.now(), matter).await?;
    Ok(MatterPage::of(console, signed, (matter, looked), typed, wanted))
}

/// `GET /matters/{matter}?step=&channel=&done=&entry=`
pub(super) async fn show(
    State(console): State<Console>,
    signed: Signed,
    Path(matter): Path<i64>,
    uri: Uri,
) -> Answer {
    let query = Typed::read(uri.query().unwrap_or_default().as_bytes());
    let wanted = (query.get("step"), query.get("channel"));
    let mut page = page(&console, &signed, matter, &Typed::default(), wanted).await?;
    if let (Ok(done), Ok(entry)) =
        (query.get("done").parse::<Step>(), query.get("entry").parse::<u64>())
    {
        let words = done.words();
        let words = signed.lang.of(&words);
        page.page = page.page.says(signed.lang.pick(
            format!("Recorded: {words}, entry {entry} of the ledger."),
            format!("已登记：{words}，台账第{entry}条。"),
        ));
    }
    html(StatusCode::OK, &page)
}
