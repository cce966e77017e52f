//! Whose something is and where it goes, as far as a protocol says.

/// Which way something goes.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To somebody elsewhere.
    Out,
    /// From elsewhere to us.
    In,
    /// From us to us.
    Inside,
    /// The protocol does not say.
    #[default]
    Unknown,
}

/// Whose something is and where it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// By which protocol it came.
    pub protocol: &'static str,
    /// The address of the sender; empty for a bounce.
    pub sender: Option<String>,
    /// The addresses of the recipients.
    pub recipients: Vec<String>,
    /// The mail server's name for it.
    pub queue: Option<String>,
    /// The account that was authenticated.
    pub account: Option<String>,
    /// From where it came.
    pub client: String,
    /// Whether it is held already: then a person lets it go, and no standing leave.
    pub is_held: bool,
    /// Which way it goes, where the protocol says so by itself.
    pub direction: Direction,
}

/// The domain of an address, in lower case; nothing where it has none.
pub(super) fn domain(address: &str) -> String {
    let address = address.trim().trim_start_matches('<').trim_end_matches('>');
    match address.rsplit_once('@') {
        Some((_, domain)) => domain.trim_end_matches('.').to_lowercase(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains() {
        for (address, want) in [
            ("<a@Example.ORG>", "example.org"),
            ("a@b@c.example", "c.example"),
            ("\"x@y\"@z.example.", "z.example"),
            ("<>", ""),
            ("root", ""),
        ] {
            assert_eq!(domain(address), want, "{address}");
        }
    }
}
