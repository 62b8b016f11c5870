//! WS-Enumeration (DSP0226 section 8), the part for lists of shells and their commands.

use super::{Fault, ns};
use roxmltree::Node;

/// Items of an answer if the client names no number (DSP0226 section 8.4).
const DEFAULT_ITEMS: usize = 1;

/// Starts an enumeration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enumerate {
    /// Most items of the first answer; `None` without OptimizeEnumeration.
    pub first: Option<usize>,
    /// The ShellId in a SelectorFilter: only items of this shell.
    pub shell_id: Option<String>,
}

/// Asks for the next items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// The context that Enumerate or the last Pull returned.
    pub context: String,
    /// Most items of the answer.
    pub items: usize,
}

fn text_of<'a>(node: Node<'a, 'a>, namespace: &str, name: &str) -> Option<&'a str> {
    let child = node.children().find(|child| child.has_tag_name((namespace, name)))?;
    Some(child.text().unwrap_or_default().trim())
}

fn count(text: Option<&str>) -> Result<usize, Fault> {
    match text {
        None => Ok(DEFAULT_ITEMS),
        Some(text) => match text.parse() {
            Ok(0) | Err(_) => Err(Fault::bad_schema()),
            Ok(count) => Ok(count),
        },
    }
}

/// The ShellId of a `w:Filter`. It refuses every other filter. Otherwise the client would get items
/// that it did not ask for.
fn selected(node: Node<'_, '_>) -> Result<Option<String>, Fault> {
    let is_filter =
        |child: &Node<'_, '_>| child.is_element() && child.tag_name().name() == "Filter";
    let Some(filter) = node.children().find(is_filter) else { return Ok(None) };
    let known = filter.tag_name().namespace() == Some(ns::WSMAN)
        && filter.attribute("Dialect").is_some_and(|dialect| dialect.trim() == ns::SELECTOR_FILTER);
    if !known {
        return Err(Fault::unknown_filter_dialect());
    }
    let mut selectors = filter.descendants().filter(|n| n.has_tag_name((ns::WSMAN, "Selector")));
    let (Some(selector), None) = (selectors.next(), selectors.next()) else {
        return Err(Fault::bad_filter());
    };
    let is_shell = |name: &str| name.eq_ignore_ascii_case("ShellId");
    if !selector.attribute("Name").is_some_and(is_shell) {
        return Err(Fault::bad_filter());
    }
    Ok(Some(selector.text().unwrap_or_default().trim().to_owned()))
}

impl Enumerate {
    pub(super) fn read(node: Node<'_, '_>) -> Result<Self, Fault> {
        let optimized = text_of(node, ns::WSMAN, "OptimizeEnumeration").is_some();
        let items = count(text_of(node, ns::WSMAN, "MaxElements"))?;
        Ok(Self { first: optimized.then_some(items), shell_id: selected(node)? })
    }
}

impl Pull {
    pub(super) fn read(node: Node<'_, '_>) -> Result<Self, Fault> {
        let context = text_of(node, ns::ENUMERATION, "EnumerationContext");
        Ok(Self {
            context: context.ok_or_else(Fault::bad_schema)?.to_owned(),
            items: count(text_of(node, ns::ENUMERATION, "MaxElements"))?,
        })
    }
}

/// The body of an Enumerate reply. `context` is `None` when nothing is left.
pub fn enumerated(context: Option<&str>, items: &[String]) -> String {
    // The element is present even at the end. Then its content is meaningless.
    let id = context.unwrap_or_default();
    let end = if context.is_none() { "<w:EndOfSequence/>" } else { "" };
    // Without OptimizeEnumeration the first items come with the first Pull.
    let items = if items.is_empty() && context.is_some() {
        String::new()
    } else {
        format!("<w:Items>{}</w:Items>", items.concat())
    };
    format!(
        "<n:EnumerateResponse><n:EnumerationContext>{id}</n:EnumerationContext>\
         {items}{end}</n:EnumerateResponse>"
    )
}

/// The body of a Pull reply.
pub fn pulled(context: Option<&str>, items: &[String]) -> String {
    let (id, end) = match context {
        Some(id) => (format!("<n:EnumerationContext>{id}</n:EnumerationContext>"), ""),
        None => (String::new(), "<n:EndOfSequence/>"),
    };
    format!("<n:PullResponse>{id}<n:Items>{}</n:Items>{end}</n:PullResponse>", items.concat())
}
