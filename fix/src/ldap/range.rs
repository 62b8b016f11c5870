//! Long attributes come in parts.
//!
//! A domain controller returns at most 1500 values of an attribute (MaxValRange). It names the part
//! that it returns: `servicePrincipalName;range=0-1499`. The last part ends in `*` (MS-ADTS
//! 3.1.1.3.1.3.3).

use super::connection::Connection;
use super::failure::unexpected;
use super::wire::answer::Entry;
use crate::directory::DirectoryError;

/// Most values of one attribute that are read: far more than an object of Active Directory can
/// hold.
const MOST_VALUES: usize = 100_000;

/// The values of an attribute in an entry, and whether more follow; `before` counts the values that
/// are read already.
pub(super) fn values(
    entry: &mut Entry,
    attribute: &str,
    before: usize,
) -> Result<(Vec<String>, bool), &'static str> {
    let (mut values, mut more, mut parts) = (Vec::new(), false, 0);
    for (name, found) in &mut entry.attributes {
        let mut options = name.split(';');
        if !options.next().is_some_and(|base| base.eq_ignore_ascii_case(attribute)) {
            continue;
        }
        match options.find_map(range) {
            // An empty attribute may come beside its first part.
            None if found.is_empty() => {}
            None if before > 0 => return Err("it starts an attribute over again"),
            None => parts += 1,
            Some(range) => {
                let (first, last) = range.ok_or("it names a range that is none")?;
                if first != before
                    || last
                        .is_some_and(|last| last.wrapping_sub(first).wrapping_add(1) != found.len())
                {
                    return Err("the parts of an attribute do not follow each other");
                }
                (more, parts) = (last.is_some(), parts + 1);
            }
        }
        values.append(found);
    }
    if parts > 1 {
        return Err("it gives an attribute twice");
    }
    if more && (values.is_empty() || before + values.len() > MOST_VALUES) {
        return Err("an attribute goes on without end");
    }
    Ok((values, more))
}

/// Parses `range=0-1499` or `range=1500-*`. `None` is another option, `Some(None)` an invalid
/// range.
#[expect(clippy::option_option, reason = "another option and a bad range are different things")]
fn range(option: &str) -> Option<Option<(usize, Option<usize>)>> {
    let (name, range) = option.split_once('=')?;
    if !name.eq_ignore_ascii_case("range") {
        return None;
    }
    let parsed = range.split_once('-').and_then(|(first, last)| {
        let last = if last == "*" { None } else { Some(last.parse().ok()?) };
        Some((first.parse().ok()?, last))
    });
    Some(parsed)
}

/// All values of an attribute of an entry, in any number of parts.
pub(super) async fn all_values(
    connection: &mut Connection,
    entry: &mut Entry,
    attribute: &str,
    doing: &str,
) -> Result<Vec<String>, DirectoryError> {
    let odd = |reason: &str| unexpected(doing, format!("{reason} ({attribute})"));
    let (mut all, mut more) = values(entry, attribute, 0).map_err(odd)?;
    while more {
        let part = format!("{attribute};range={}-*", all.len());
        let next = connection.read(&entry.dn, &[part.as_str()], doing).await?;
        let mut next = next.ok_or_else(|| odd("the object vanished while it was read"))?;
        let (mut found, following) = values(&mut next, attribute, all.len()).map_err(odd)?;
        all.append(&mut found);
        more = following;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPNS: &str = "servicePrincipalName";

    /// Parts of an entry, the number of values read before, and the expected result.
    type Case<'a> = (&'a [(&'a str, usize)], usize, Option<(usize, bool)>);

    fn entry(parts: &[(&str, usize)]) -> Entry {
        let attributes = parts.iter().map(|(name, count)| {
            ((*name).to_owned(), (0..*count).map(|at| format!("HOST/{at}")).collect())
        });
        Entry { dn: String::new(), attributes: attributes.collect() }
    }

    #[test]
    fn parts_lead_to_the_next_and_the_last_does_not() {
        let table: &[Case<'_>] = &[
            (&[(SPNS, 2), ("cn", 1)], 0, Some((2, false))),
            (&[], 0, Some((0, false))),
            (&[(SPNS, 0), ("servicePrincipalName;range=0-1", 2)], 0, Some((2, true))),
            (&[("ServicePrincipalName;Range=2-3", 2)], 2, Some((2, true))),
            (&[("servicePrincipalName;range=2-*", 1)], 2, Some((1, false))),
            (&[("servicePrincipalName;range=1-2", 2)], 2, None),
            (&[("servicePrincipalName;range=3-4", 2)], 2, None),
            (&[("servicePrincipalName;range=0-5", 2)], 0, None),
            (&[("servicePrincipalName;range=2-1", 0)], 2, None),
            (&[("servicePrincipalName;range=x-y", 1)], 0, None),
            (&[(SPNS, 3)], 2, None),
            (&[(SPNS, 1), (SPNS, 1)], 0, None),
            (&[("servicePrincipalName;range=99999-100000", 2)], 99999, None),
        ];
        for (parts, before, expected) in table {
            let found = values(&mut entry(parts), SPNS, *before).ok();
            let found = found.map(|(values, more)| (values.len(), more));
            assert_eq!(found, *expected, "{parts:?} {before}");
        }
    }
}
