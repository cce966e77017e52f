//! The basic scopes of the law, and what published scopes say besides entries.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Words;

/// One of the kinds of matter that the law names itself (保守国家秘密法 2024 art. 13).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// e.g. `economy`.
    pub id: String,
    /// Its number in the law, e.g. `(四)`.
    pub number: String,
    /// The law's words, and in English.
    pub name: Words,
    /// The law, by edition and article.
    pub basis: String,
}

/// Something a scope says that has no words to look for: shown, never matched.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Unmatched {
    /// Its number in the scope, as published.
    pub number: String,
    /// What it is.
    pub kind: UnmatchedKind,
    /// Its words, as published.
    pub matter: String,
    /// The level, as published.
    #[serde(default)]
    pub level: String,
    /// The term, as published.
    #[serde(default)]
    pub term: String,
    /// Where it was read, where that is not where the scope was.
    #[serde(default)]
    pub sources: Vec<String>,
    /// How certain it is, where it is not as certain as the scope.
    #[serde(default)]
    pub certainty: String,
}

/// What an [`Unmatched`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnmatchedKind {
    /// It describes a harm and no matter.
    Criterion,
    /// It is kept inside and is no state secret.
    Internal,
    /// It is a work secret.
    WorkSecret,
    /// The scope or its issuer says that it is no secret.
    NotSecret,
}

impl UnmatchedKind {
    /// What it is called.
    pub fn words(self) -> Words {
        match self {
            Self::Criterion => Words::new("criterion of harm", "危害标准"),
            Self::Internal => Words::new("internal, no state secret", "内部事项（非国家秘密）"),
            Self::WorkSecret => Words::new("work secret", "工作秘密"),
            Self::NotSecret => Words::new("not secret", "不属于国家秘密"),
        }
    }
}

/// The categories of all files, by id, each with the file that has it.
pub(super) type Categories = BTreeMap<String, (String, usize)>;
