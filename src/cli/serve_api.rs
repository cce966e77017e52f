//! What examines for the API of `vetmark serve`: cells as settings say, anew each day.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;

use super::cell::Examiner;
use super::settings::{Key, Settings};
use crate::console::api::Examine;
use crate::hold::{Hold, Put};
use crate::intake::Unread;
use crate::model::{Date, Examination, Words};
use crate::report::Quotes;

/// Examines with the examiner of a day: the day of judgement is part of what cells are
/// started with.
pub(super) struct ByDay {
    settings: Settings,
    quotes: Quotes,
    /// Where originals are kept, if they are.
    hold: Option<Hold>,
    today: Mutex<Option<(Date, Arc<Examiner>)>>,
}

impl ByDay {
    /// With these settings, for a store. Text of documents is kept and given where they say
    /// so, and none of a part above what this host may hold; likewise originals.
    pub(super) fn new(settings: Settings, store: &Path) -> anyhow::Result<Self> {
        let on = settings.word(Key::Quotes) == Some("on");
        let quotes = Quotes { on, host: settings.host_level() };
        let hold = match settings.hold() {
            None => None,
            Some(limit) => {
                let folder = Hold::beside(store);
                let opened = Hold::open_or_make(&folder, limit);
                Some(opened.with_context(|| format!("cannot open {}", folder.display()))?)
            }
        };
        Ok(Self { settings, quotes, hold, today: Mutex::default() })
    }

    fn of(&self, day: Date) -> io::Result<Arc<Examiner>> {
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, examiner)) = &*today
            && *of == day
        {
            return Ok(examiner.clone());
        }
        let examiner = Examiner::start(&self.settings, day).map_err(io::Error::other)?;
        let examiner = Arc::new(examiner);
        *today = Some((day, examiner.clone()));
        Ok(examiner)
    }
}

impl Examine for ByDay {
    fn identity(&self, as_of: Date) -> io::Result<String> {
        Ok(self.of(as_of)?.identity())
    }

    fn examine(&self, name: String, bytes: Vec<u8>, as_of: Date) -> io::Result<Examination> {
        let mut made = None;
        let matter = std::iter::once(Unread::here(name, bytes));
        self.of(as_of)?.examine_all(1, matter, |examination, _| {
            made = Some(examination);
            Ok(())
        })?;
        let mut examination = made.ok_or_else(|| io::Error::other("nothing was examined"))?;
        self.quotes.apply(&mut examination);
        Ok(examination)
    }

    fn holds(&self) -> bool {
        self.hold.is_some()
    }

    fn hold(&self, mut bytes: &[u8], sha256: &str) -> Result<bool, Words> {
        let Some(hold) = &self.hold else { return Ok(false) };
        let put = hold.put(&mut bytes, sha256).map_err(|error| error.words())?;
        Ok(put == Put::Kept)
    }
}
