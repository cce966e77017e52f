//! The one table of what there is.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};

use super::error::Error;
use super::state::Console;
use super::typed::LARGEST;
use super::{account, assets, bulk, guard, ledger, matter, people, queue, rules, scopes};
use super::{samples, sign_in, step, view};

/// All pages.
pub fn router(console: Console) -> Router {
    router_with(console, Router::new())
}

/// All pages, and what programs ask beside them (`api::router`): no cookie stands behind that.
pub fn router_with(console: Console, programs: Router<Console>) -> Router {
    pages()
        .layer(from_fn_with_state(console.clone(), guard::pages))
        .merge(files())
        .merge(programs)
        .fallback(async || Error::NotFound)
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(from_fn_with_state(console.clone(), guard::every))
        .with_state(console)
}

/// Pages: a cookie stands behind each, and a form's origin is looked at.
fn pages() -> Router<Console> {
    Router::new()
        .route("/", get(async || Redirect::to("/queue")))
        // Coming and going.
        .route("/sign-in", get(sign_in::form).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/link/{token}", get(sign_in::link_form).post(sign_in::link))
        .route("/setup/{token}", get(sign_in::setup_form).post(sign_in::setup))
        .route("/account", get(account::show))
        .route("/account/password", post(account::password))
        .route("/account/language", post(account::language))
        // Matters.
        .route("/queue", get(queue::show))
        .route("/queue/count", get(queue::count))
        .route("/bulk", get(bulk::form).post(bulk::act))
        .route("/matters/{matter}", get(matter::show))
        .route("/matters/{matter}/{step}", post(step::act))
        .route("/matters/{matter}/parts/{part}/pages/{page}", get(view::show))
        // Persons and the order of steps.
        .route("/people", get(people::show))
        .route("/people/add", post(people::add))
        .route("/people/change", post(people::change))
        .route("/policy", get(people::policy).post(people::set_policy))
        // What is looked for, and what was done.
        .route("/rules", get(rules::all))
        .route("/rules/{rule}", get(rules::one))
        .route("/scopes", get(scopes::all))
        .route("/scopes/{scope}", get(scopes::one))
        .route("/ledger", get(ledger::show))
        .route("/ledger/verify", post(ledger::verify))
        .route("/samples", get(samples::show).post(samples::draw))
        .route("/samples/outcome", post(samples::outcome))
        .route("/keys", get(account::keys))
}

/// Files that hold nothing of anybody.
fn files() -> Router<Console> {
    Router::new()
        .route("/assets/console.css", get(assets::style))
        .route("/assets/console.js", get(assets::script))
        .route("/favicon.ico", get(async || axum::http::StatusCode::NO_CONTENT))
}
