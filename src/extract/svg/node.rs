//! An element of a drawing as style sheets ask for it.

use crate::extract::html::css::Node;

/// An element that is open.
#[derive(Clone, Debug, Default)]
pub(super) struct Element {
    /// Without its prefix.
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Where it leads, by either name of that attribute.
    pub fn href(&self) -> Option<&str> {
        self.attribute("href").or_else(|| self.attribute("xlink:href")).map(str::trim)
    }

    pub fn classes(&self) -> Vec<&str> {
        self.attribute("class").map(|c| c.split_ascii_whitespace().collect()).unwrap_or_default()
    }
}

impl Node for Element {
    fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> &str {
        self.attribute("id").unwrap_or_default()
    }

    fn has_class(&self, class: &str) -> bool {
        self.classes().contains(&class)
    }

    fn attr(&self, name: &str) -> Option<&str> {
        self.attribute(name)
    }
}
