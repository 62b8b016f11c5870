//! Gives accounts exactly these SPNs, whatever they had before.

use super::inventory::{HOLDER, holders};
use super::samba::change;
use crate::lab::Dc;
use crate::model::{Account, Error, Result};

impl Dc<'_> {
    /// Makes these the SPNs of these accounts, with the DC's own tool, and proves it by reading.
    ///
    /// First every account loses what it may not keep: Samba refuses a name while another has it.
    pub async fn set_spns(self, wanted: &[(Account, Vec<&str>)]) -> Result<()> {
        let found = holders(self.search("(objectClass=user)", &HOLDER).await?);
        let (mut taken, mut given) = (String::new(), String::new());
        for (account, spns) in wanted {
            let holder = found.iter().find(|holder| holder.name == account.name);
            let held: Vec<&str> =
                holder.iter().flat_map(|holder| &holder.spns).map(String::as_str).collect();
            for (text, kind, values) in [
                (&mut taken, "delete", only_in(&held, spns)),
                (&mut given, "add", only_in(spns, &held)),
            ] {
                if !values.is_empty() {
                    text.push_str(&change(account.dn, kind, &values));
                }
            }
        }
        if taken.is_empty() && given.is_empty() {
            return Ok(());
        }
        self.ldbmodify(&(taken + &given)).await?;
        let now = self.spns().await?;
        for (account, spns) in wanted {
            let held = now.0.get(account.name).map_or(&[][..], Vec::as_slice);
            let held: Vec<&str> = held.iter().map(String::as_str).collect();
            if !only_in(&held, spns).is_empty() || !only_in(spns, &held).is_empty() {
                let detail = format!("{} holds {held:?} and not {spns:?}", account.name);
                return Err(Error::Directory { action: "take the SPNs", detail });
            }
        }
        Ok(())
    }
}

/// The names that only the first list has. Samba may respell one in small letters.
fn only_in<'a>(one: &[&'a str], other: &[&str]) -> Vec<&'a str> {
    let missing = |spn: &&&str| !other.iter().any(|other| other.eq_ignore_ascii_case(spn));
    one.iter().filter(missing).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_the_directory_does() {
        let held = ["HOST/MEM1", "HTTP/x"];
        assert!(only_in(&held, &["http/x", "host/mem1"]).is_empty());
        assert_eq!(only_in(&held, &["HTTP/y", "host/MEM1"]), ["HTTP/x"]);
        assert_eq!(only_in(&held, &[]), held);
    }
}
