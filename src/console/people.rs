//! `/people` and `/policy`: who may do what, and which steps are asked for. Three
//! administrators have three duties, and each sees the forms of their own.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};

use super::error::Error;
use super::page::{Answer, Page, html, ok, shown};
use super::state::Console;
use super::typed::{Posted, Typed};
use super::who::{Roles, Signed};
use crate::model::{Asked, Role, Step};
use crate::record::{self, Act, Code, GIVE_CODES, Person, Store, Token};
use crate::report::Lang;

/// Whoever administers or audits.
const MAY_LOOK: &[Role] = &[Role::SystemAdministrator, Role::SecurityAdministrator, Role::Auditor];

/// A person, as the page shows them.
struct Row {
    name: String,
    shown: String,
    gone: bool,
    /// Their roles: name and word.
    roles: Vec<(&'static str, String)>,
    /// Roles they do not have.
    further: Vec<(&'static str, String)>,
    /// Whether it is who looks.
    own: bool,
    /// Whether a link of theirs wants a code, and whether it was given.
    link: Option<bool>,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    page: Page,
    rows: Vec<Row>,
    /// Whether persons are entered here.
    system: bool,
    /// Whether roles are given here.
    security: bool,
    typed: Typed,
    /// Whether codes of links are given here.
    codes: bool,
    /// A link that was made: for whom, and its path.
    link: Option<(String, String)>,
    /// Whether it wants a code.
    coded: bool,
    /// A code that was made: for whom, and what it is.
    code: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "policy.html")]
struct PolicyPage {
    page: Page,
    /// Each step: name, word, role's word, whether it is optional, what is asked.
    steps: Vec<StepRow>,
    security: bool,
}

struct StepRow {
    name: &'static str,
    words: String,
    role: String,
    /// When it is taken, in words.
    when: String,
    /// The choices, where there are some: name, word, whether it is so now.
    choices: Vec<(&'static str, String, bool)>,
}

async fn people(console: &Console, signed: &Signed, typed: Typed) -> Result<PeoplePage, Error> {
    signed.must_be(MAY_LOOK)?;
    let at = console.now();
    let (persons, links) =
        console.records.read(move |store| Ok((store.people()?, store.coded_links(at)?))).await?;
    let lang = signed.lang;
    Ok(PeoplePage {
        page: Page::of(signed, "/people", lang.pick("People and roles", "人员与角色")),
        rows: persons.iter().map(|person| row(person, &links, signed)).collect(),
        system: signed.person.is(Role::SystemAdministrator),
        security: signed.person.is(Role::SecurityAdministrator),
        typed,
        codes: GIVE_CODES.iter().any(|role| signed.person.is(*role)),
        link: None,
        coded: false,
        code: None,
    })
}

fn row(person: &Person, links: &[(String, bool)], signed: &Signed) -> Row {
    let words = |role: &Role| (role.name(), signed.lang.of(&role.words()).to_owned());
    Row {
        name: shown(&person.name),
        shown: shown(&person.shown),
        gone: person.gone,
        roles: person.roles.iter().map(words).collect(),
        further: Role::ALL.iter().filter(|role| !person.is(**role)).map(words).collect(),
        own: person.name == signed.person.name,
        link: links.iter().find(|(name, _)| *name == person.name).map(|(_, given)| *given),
    }
}

/// `GET /people`
pub(super) async fn show(State(console): State<Console>, signed: Signed) -> Answer {
    ok(&people(&console, &signed, Typed::default()).await?)
}

/// The page again, with why not.
async fn refused(console: &Console, posted: Posted, error: Error) -> Answer {
    let Posted { mut signed, typed } = posted;
    signed.path = "/people".into();
    let mut page = people(console, &signed, typed).await?;
    page.page = page.page.refuses(shown(signed.lang.of(&error.words())));
    html(error.status(), &page)
}

/// `POST /people/add`
pub(super) async fn add(State(console): State<Console>, posted: Posted) -> Answer {
    posted.signed.must_be(&[Role::SystemAdministrator])?;
    let (actor, at) = (posted.signed.person.name.clone(), console.now());
    let (name, on_papers) = (posted.typed.kept("name"), posted.typed.kept("shown"));
    let added = console
        .records
        .write(move |store| store.add_person(Act { actor: &actor, at }, &name, &on_papers));
    match added.await {
        Ok(()) => Ok(Redirect::to("/people").into_response()),
        Err(error) => refused(&console, posted, error).await,
    }
}

/// What is done to a person.
enum Change {
    Retire,
    Link,
    Code,
    Grant(Role),
    Revoke(Role),
}

impl Change {
    fn of(typed: &Typed) -> Option<Self> {
        let role = || typed.get("role").parse().ok();
        match typed.get("do") {
            "retire" => Some(Self::Retire),
            "link" => Some(Self::Link),
            "code" => Some(Self::Code),
            "grant" => role().map(Self::Grant),
            "revoke" => role().map(Self::Revoke),
            _ => None,
        }
    }

    /// Whose duty it is. The record asks again, but lets anybody where nobody has it.
    fn duty(&self) -> &'static [Role] {
        match self {
            Self::Retire | Self::Link => &[Role::SystemAdministrator],
            Self::Code => GIVE_CODES,
            Self::Grant(_) | Self::Revoke(_) => &[Role::SecurityAdministrator],
        }
    }

    /// Does it.
    fn make(self, store: &mut Store, act: Act<'_>, name: &str) -> record::Result<Made> {
        match self {
            Self::Retire => store.retire_person(act, name).map(|()| Made::Nothing),
            Self::Link => store.link(act, name).map(Made::Link),
            Self::Code => store.code(act, name).map(Made::Code),
            Self::Grant(role) => store.grant(act, name, role, true).map(|()| Made::Nothing),
            Self::Revoke(role) => store.grant(act, name, role, false).map(|()| Made::Nothing),
        }
    }
}

/// What is shown once, and to whoever made it alone.
enum Made {
    Nothing,
    Link(Token),
    Code(Code),
}

/// `POST /people/change`
pub(super) async fn change(State(console): State<Console>, posted: Posted) -> Answer {
    let change = Change::of(&posted.typed).ok_or(Error::Wrong)?;
    posted.signed.must_be(change.duty())?;
    let (actor, at) = (posted.signed.person.name.clone(), console.now());
    let name = posted.typed.raw("name").to_owned();
    let about = name.clone();
    let changed =
        console.records.write(move |store| change.make(store, Act { actor: &actor, at }, &name));
    let made = match changed.await {
        Ok(Made::Nothing) => return Ok(Redirect::to("/people").into_response()),
        Ok(made) => made,
        Err(error) => return refused(&console, posted, error).await,
    };
    let mut signed = posted.signed;
    signed.path = "/people".into();
    let mut page = people(&console, &signed, Typed::default()).await?;
    match made {
        Made::Nothing => {}
        Made::Link(token) => {
            let name = shown(&about);
            page.coded = page.rows.iter().any(|row| row.name == name && row.link.is_some());
            page.link = Some((name, format!("/link/{}", token.text())));
        }
        Made::Code(code) => page.code = Some((shown(&about), code.text())),
    }
    html(StatusCode::OK, &page)
}

async fn policy_page(console: &Console, signed: &Signed) -> Result<PolicyPage, Error> {
    signed.must_be(MAY_LOOK)?;
    let policy = console.records.read(|store| store.policy()).await?;
    let lang = signed.lang;
    let steps = Step::ALL.iter().filter(|step| step.role().is_some() && !step.is_undone());
    Ok(PolicyPage {
        page: Page::of(signed, "/policy", lang.pick("Steps", "步骤")),
        steps: steps.map(|step| step_row(*step, &policy, lang)).collect(),
        security: signed.person.is(Role::SecurityAdministrator),
    })
}

fn step_row(step: Step, policy: &[(Step, Asked)], lang: Lang) -> StepRow {
    let asked = policy.iter().find(|(known, _)| *known == step).map(|(_, asked)| *asked);
    let words = |asked: Asked| lang.of(&asked.words()).to_owned();
    let choice = |choice: &Asked| (choice.name(), words(*choice), asked == Some(*choice));
    StepRow {
        name: step.name(),
        words: lang.of(&step.words()).to_owned(),
        role: step.role().map_or_else(String::new, |role| lang.of(&role.words()).to_owned()),
        when: asked.map_or_else(|| words(Asked::Always), words),
        choices: match step.is_optional() {
            true => Asked::ALL.iter().map(choice).collect(),
            false => Vec::new(),
        },
    }
}

/// `GET /policy`
pub(super) async fn policy(State(console): State<Console>, signed: Signed) -> Answer {
    ok(&policy_page(&console, &signed).await?)
}

/// `POST /policy`
pub(super) async fn set_policy(State(console): State<Console>, posted: Posted) -> Answer {
    posted.signed.must_be(&[Role::SecurityAdministrator])?;
    let step: Step = posted.typed.get("step").parse().map_err(|_| Error::Wrong)?;
    let asked: Asked = posted.typed.get("asked").parse().map_err(|_| Error::Wrong)?;
    let (actor, at) = (posted.signed.person.name.clone(), console.now());
    let set = console
        .records
        .write(move |store| store.set_policy(Act { actor: &actor, at }, step, asked));
    match set.await {
        Ok(()) => Ok(Redirect::to("/policy").into_response()),
        Err(error) => {
            let mut signed = posted.signed;
            signed.path = "/policy".into();
            let mut page = policy_page(&console, &signed).await?;
            page.page = page.page.refuses(shown(signed.lang.of(&error.words())));
            html(error.status(), &page)
        }
    }
}
