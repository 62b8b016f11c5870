//! The output of Windows' `setspn -Q`.
//!
//! Wording and layout are those of setspn.exe in published transcripts. Like setspn.exe, the query
//! looks for literal values only. So it does not find a name that works through an alias.

use super::event::{Event, Listener};
use super::output::{Progress, WindowsText};
use crate::directory::{Account, Directory, DirectoryError, Scope};
use crate::names::SpnPattern;

/// Looks for an SPN (wildcards allowed) and returns what `setspn [-F] -Q` prints.
///
/// ```
/// use spnfix::{InMemoryDirectory, Scope, setspn};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
///     .with_user("svc_web", &["HTTP/www.contoso.com", "HTTP/mem1.contoso.com"]);
/// let text = setspn::query(&mut dir, &"http/mem1.contoso.com".parse()?, Scope::Domain).await?;
/// assert_eq!(text, "\
/// Checking domain DC=contoso,DC=com
/// CN=svc_web,CN=Users,DC=contoso,DC=com
/// \tHTTP/www.contoso.com
/// \tHTTP/mem1.contoso.com
///
/// Existing SPN found!
/// ");
/// # Ok::<(), spnfix::Error>(()) }).unwrap();
/// ```
pub async fn query(
    dir: &mut dyn Directory,
    pattern: &SpnPattern,
    scope: Scope,
) -> Result<String, DirectoryError> {
    let domain = dir.domain().await?;
    let holders = dir.search(pattern, scope).await?;
    Ok(render_query(domain.root(scope), scope, &holders))
}

/// The text of `setspn -Q` for these accounts; `root` is the DN of the search.
pub fn render_query(root: &str, scope: Scope, holders: &[Account]) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut text = WindowsText::new(&mut out, &mut err, Progress::Silent);
    let mut tell = || {
        text.hear(Event::Checking { scope, root })?;
        holders.iter().try_for_each(|holder| text.hear(Event::Holder(holder)))?;
        text.hear(Event::Queried { found: !holders.is_empty() })
    };
    // Writing to memory cannot fail.
    let _: std::io::Result<()> = tell();
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InMemoryDirectory;

    async fn printed(pattern: &str, scope: Scope) -> String {
        let mut dir = InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
            .with_computer("MEM1", "mem1.contoso.com", &["HOST/MEM1", "HOST/mem1.contoso.com"])
            .with_user("svc_web", &["HTTP/mem1"]);
        query(&mut dir, &pattern.parse().unwrap(), scope).await.unwrap()
    }

    #[tokio::test]
    async fn a_hit_lists_all_spns_of_each_holder() {
        let expected = "Checking domain DC=contoso,DC=com\n\
            CN=MEM1,CN=Computers,DC=contoso,DC=com\n\tHOST/MEM1\n\tHOST/mem1.contoso.com\n\
            CN=svc_web,CN=Users,DC=contoso,DC=com\n\tHTTP/mem1\n\nExisting SPN found!\n";
        assert_eq!(printed("*/mem1", Scope::Domain).await, expected);
    }

    #[tokio::test]
    async fn an_alias_is_not_a_hit() {
        let expected = "Checking domain DC=contoso,DC=com\n\nNo such SPN found.\n";
        assert_eq!(printed("HTTP/mem1.contoso.com", Scope::Domain).await, expected);
    }

    #[tokio::test]
    async fn the_forest_is_announced() {
        let expected = "Checking forest DC=contoso,DC=com\n\
            Operation will be performed forestwide, it might take a while.\n\nNo such SPN found.\n";
        assert_eq!(printed("HTTP/none", Scope::Forest).await, expected);
    }
}
