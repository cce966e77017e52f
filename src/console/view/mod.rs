//! `GET /matters/{matter}/parts/{part}/pages/{page}`: a document beside its text, with what was
//! found boxed on both; and the same with `.png` behind it, the picture of the page.
//!
//! Each look is entered before anything is shown. The document is read where it is or from the
//! hold, by a process that sees it alone; nothing of it is kept here, but for a few answers in
//! memory (`view::Kept`): the picture that the browser is about to ask for, pages around.

mod hits;
mod sheet;
mod text;

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{Uri, header};
use axum::response::IntoResponse;

use self::hits::{picture_withheld, withheld};
use self::sheet::SheetPage;
use super::error::Error;
use super::page::{Answer, ok};
use super::state::Console;
use super::typed::Typed;
use super::who::Signed;
use crate::hold::Hold;
use crate::model::{Gap, GapKind, Lettering};
use crate::record::{self, Act, Docket, Look, Part};
use crate::report::Quotes;
use crate::view::{Absent, At, Kept, Sheet, Show, View, Wanted, What, original};

/// What documents are shown with.
pub struct Viewing {
    show: Kept<Arc<dyn Show>>,
    /// Where the hold is, once there is one: a scan may make it at any time.
    hold: PathBuf,
    quotes: Quotes,
}

impl Viewing {
    /// By whoever shows documents; from the hold at `hold`, where an original is gone; and no
    /// text of what `quotes` do not allow.
    pub fn new(show: Arc<dyn Show>, hold: PathBuf, quotes: Quotes) -> Self {
        Self { show: Kept::new(show), hold, quotes }
    }

    /// Shows something of a part, from where its file is.
    fn look(&self, of: &Of, what: What) -> Result<View, NotShown> {
        let hold = Hold::open_at(&self.hold).ok();
        let file = original(&of.source, &of.trail[0], &of.file_sha256, hold.as_ref())
            .map_err(NotShown::Absent)?;
        let wanted = Wanted {
            trail: of.trail.clone(),
            file_sha256: of.file_sha256.clone(),
            part_sha256: of.part_sha256.clone(),
            what,
        };
        self.show.show(file, &wanted).map_err(NotShown::Failed)
    }
}

/// Why nothing is shown.
#[derive(Debug)]
enum NotShown {
    Absent(Absent),
    Failed(Gap),
}

/// A part, and where it comes from.
#[derive(Clone, Debug)]
struct Of {
    source: String,
    /// The names on its trail, from that of its file on; never empty.
    trail: Vec<String>,
    file_sha256: String,
    part_sha256: String,
}

impl Of {
    fn part(docket: &Docket, part: &Part) -> Option<Self> {
        let file = part.path.first()?;
        let mut files = docket.evidence.parts.iter().filter(|known| known.path.len() == 1);
        let file = files.find(|known| known.path.first() == Some(file))?;
        Some(Self {
            source: docket.lines.first()?.source.clone(),
            trail: part.path.clone(),
            file_sha256: file.sha256.clone(),
            part_sha256: part.sha256.clone(),
        })
    }
}

/// What was made of a page.
struct Shown {
    sheet: Result<Sheet, NotShown>,
    /// What is to be said of its picture, if one was asked for.
    picture: Option<Result<Told, Gap>>,
}

/// What is to be said of a picture.
struct Told {
    width: u32,
    height: u32,
    /// Characters that may be missing in it.
    missing: u32,
    /// Characters to be set over it.
    lettering: Vec<Lettering>,
    not_drawn: Vec<Gap>,
}

/// `GET /matters/{matter}/parts/{part}/pages/{page}?stretch=&hit=`
pub(super) async fn show(
    State(console): State<Console>,
    signed: Signed,
    Path((matter, part, page)): Path<(i64, u32, String)>,
    uri: Uri,
) -> Answer {
    signed.must_work()?;
    let (number, is_picture) = match page.strip_suffix(".png") {
        Some(number) => (number, true),
        None => (page.as_str(), false),
    };
    // One way to write a number: each page has one address.
    let page: u32 = number.parse().map_err(|_| Error::NotFound)?;
    if number != page.to_string() {
        return Err(Error::NotFound);
    }
    let at = Look { part, page, picture: is_picture };
    let docket = entered(&console, &signed, matter, at).await?;
    let chosen = usize::try_from(part).ok().and_then(|part| part.checked_sub(1));
    let chosen = chosen.and_then(|at| docket.evidence.parts.get(at)).ok_or(Error::NotFound)?;
    let of = Of::part(&docket, chosen).ok_or(Error::NotFound)?;
    if is_picture {
        return picture(console, &docket, chosen, of, page).await;
    }
    let query = Typed::read(uri.query().unwrap_or_default().as_bytes());
    let hit = query.get("hit").to_owned();
    let found = chosen.findings.iter().find(|found| found.id == hit);
    let wanted = match found {
        Some(found) => At::Char(found.char[0] as u64),
        None => At::Page(page, query.get("stretch").parse().unwrap_or_default()),
    };
    let spans = chosen.findings.iter().map(|found| found.char.map(|at| at as u64)).collect();
    let withheld = withheld(&docket.evidence, chosen, console.viewing.quotes);
    let no_picture = picture_withheld(&docket.evidence, chosen, console.viewing.quotes);
    let (shared, of_part) = (console.clone(), of.clone());
    let draws = no_picture.is_none();
    let made = blocking(move || made(&shared.viewing, &of_part, wanted, spans, draws)).await?;
    ok(&SheetPage::of(
        &console,
        &signed,
        (matter, part),
        &docket,
        made,
        (withheld, no_picture),
        page,
    ))
}

/// The picture of a page, where it may be shown.
async fn picture(console: Console, docket: &Docket, part: &Part, of: Of, page: u32) -> Answer {
    if picture_withheld(&docket.evidence, part, console.viewing.quotes).is_some() {
        return Err(Error::NotYours);
    }
    let made = blocking(move || console.viewing.look(&of, What::Picture(page))).await?;
    match made {
        Ok(View::Picture(picture)) => {
            Ok(([(header::CONTENT_TYPE, "image/png")], picture.png).into_response())
        }
        // Why not stands on the page that shows it.
        _ => Err(Error::NotFound),
    }
}

/// Text first, and then the picture of the page that the text is on: it is remembered for
/// the browser, which is about to ask for it.
fn made(viewing: &Viewing, of: &Of, at: At, spans: Vec<[u64; 2]>, draws: bool) -> Shown {
    let sheet = match viewing.look(of, What::Sheet(at, spans)) {
        Ok(View::Sheet(sheet)) => sheet,
        Ok(View::Picture(_)) => {
            let gap = Gap::new(GapKind::Crashed, "a picture came where text was asked for");
            return Shown { sheet: Err(NotShown::Failed(gap)), picture: None };
        }
        Err(why) => return Shown { sheet: Err(why), picture: None },
    };
    if !(draws && sheet.is_drawn) {
        return Shown { sheet: Ok(sheet), picture: None };
    }
    let picture = match viewing.look(of, What::Picture(sheet.page)) {
        Ok(View::Picture(picture)) => {
            let told = Told {
                width: picture.width,
                height: picture.height,
                missing: picture.missing,
                lettering: picture.lettering,
                not_drawn: picture.not_drawn,
            };
            Some(Ok(told))
        }
        Err(NotShown::Failed(gap)) => Some(Err(gap)),
        Ok(View::Sheet(_)) | Err(NotShown::Absent(_)) => None,
    };
    Shown { sheet: Ok(sheet), picture }
}

/// Enters a look, then reads the record. What is shown is of what was entered: should the
/// matter change in between, it is entered again.
async fn entered(
    console: &Console,
    signed: &Signed,
    matter: i64,
    look: Look,
) -> Result<Docket, Error> {
    for _ in 0..3 {
        let (person, at) = (signed.person.name.clone(), console.now());
        let entered = console
            .records
            .write(move |store| store.look(Act { actor: &person, at }, matter, look));
        let seen = entered.await?;
        let read =
            console.records.read(move |store| Ok((store.seen(matter)?, store.docket(matter)?)));
        let (now, docket) = read.await?;
        if now == seen {
            return Ok(docket);
        }
    }
    Err(Error::Record(record::Error::Busy))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Mistake)
}
