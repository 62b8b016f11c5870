//! Bounds on a document, checked before it is parsed.
//!
//! `roxmltree` compares each attribute of an element with those before it. For each namespace
//! declaration it looks through all namespaces in scope: 64 kB of nested declarations take 18 s.
//! Within these bounds its time is linear in the document's size. Real clients stay far below:
//! about ten namespaces and attributes on the envelope, and six levels.

/// Levels of elements.
const DEPTH: usize = 64;
/// Attributes of one element, including namespace declarations.
const ATTRIBUTES: usize = 32;
/// Attributes of the document.
const ALL_ATTRIBUTES: usize = 20_000;
/// Namespace declarations of the document.
const DECLARATIONS: usize = 64;
/// Nodes of the document; `roxmltree` counts them.
pub(super) const NODES: u32 = 20_000;

#[derive(Default)]
struct Counted {
    depth: usize,
    attributes: usize,
    declarations: usize,
}

/// Whether a document is within the bounds. It may be malformed: the parser stops at the first
/// error, and up to there both see the same tags.
pub(super) fn keeps(text: &str) -> bool {
    let mut counted = Counted::default();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let markup = rest.get(start + 1..).unwrap_or_default();
        let after = if let Some(comment) = markup.strip_prefix("!--") {
            behind(comment, "-->")
        } else if let Some(data) = markup.strip_prefix("![CDATA[") {
            behind(data, "]]>")
        } else if let Some(instruction) = markup.strip_prefix('?') {
            behind(instruction, "?>")
        } else if let Some(name) = markup.strip_prefix('/') {
            counted.depth = counted.depth.saturating_sub(1);
            behind(name, ">")
        } else {
            counted.element(markup)
        };
        match after {
            Some(after) => rest = after,
            None => return false,
        }
    }
    true
}

/// The text after the first `end`. A document without it is incomplete.
fn behind<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    Some(text.split_once(end)?.1)
}

impl Counted {
    /// Checks a start tag; returns the text after it. `None`: out of bounds, or incomplete.
    fn element<'a>(&mut self, tag: &'a str) -> Option<&'a str> {
        let mut rest = tag;
        let mut own = 0;
        loop {
            let at = rest.find(['"', '\'', '>'])?;
            let (before, mark) = rest.split_at_checked(at)?;
            let quote = mark.chars().next()?;
            let inside = mark.get(1..)?;
            if quote == '>' {
                if !before.ends_with('/') {
                    self.depth += 1;
                }
                return (self.depth <= DEPTH).then_some(inside);
            }
            // A name comes before the value.
            own += 1;
            self.attributes += 1;
            self.declarations += usize::from(before.contains("xmlns"));
            let much = own > ATTRIBUTES
                || self.attributes > ALL_ATTRIBUTES
                || self.declarations > DECLARATIONS;
            if much {
                return None;
            }
            rest = inside.split_once(quote)?.1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(count: usize) -> String {
        "<a>".repeat(count) + &"</a>".repeat(count)
    }

    fn element(count: usize, attribute: impl Fn(usize) -> String) -> String {
        format!("<a{}/>", (0..count).map(attribute).collect::<String>())
    }

    #[test]
    fn each_bound_holds() {
        assert!(keeps(&nested(DEPTH)) && !keeps(&nested(DEPTH + 1)));
        // Elements side by side add no level.
        assert!(keeps(&format!("<a>{}</a>", "<b/><b></b>".repeat(1000))));
        let plain = |n: usize| format!(" a{n}='x'");
        assert!(keeps(&element(ATTRIBUTES, plain)) && !keeps(&element(ATTRIBUTES + 1, plain)));
        let many = element(10, plain).repeat(ALL_ATTRIBUTES / 10);
        assert!(keeps(&many) && !keeps(&format!("{many}<a b=''/>")));
        for declared in ["xmlns", "xmlns:p"] {
            let one = element(1, |_| format!(" {declared} = \"u\""));
            let most = one.repeat(DECLARATIONS);
            assert!(keeps(&most) && !keeps(&format!("{most}{one}")), "{declared}");
        }
    }

    #[test]
    fn only_tags_count() {
        let tags = format!("{}{}", nested(1000), " xmlns='a'".repeat(1000));
        for text in [
            format!("<a><!--{tags}--></a>"),
            format!("<a><![CDATA[{tags}]]></a>"),
            format!("<a><?p {tags}?></a>"),
            format!("<a>{}</a>", " xmlns='a' > ".repeat(1000)),
            format!("<a b='{}'/>", "\"xmlns>/\"".repeat(1000)),
        ] {
            assert!(keeps(&text), "{text}");
        }
        // A comment's own dashes do not end it, and a quote in text starts no value.
        assert!(!keeps(&format!("<!-->{}-->{}", nested(100), nested(100))));
        assert!(!keeps(&format!("'{}'", nested(100))));
    }

    #[test]
    fn what_is_not_whole_is_no_document() {
        for text in ["<", "<a", "<a b='", "<a b='>", "<!--", "<![CDATA[ ]]", "<?p", "</a"] {
            assert!(!keeps(text), "{text}");
        }
        assert!(keeps("") && keeps("text"));
    }
}
