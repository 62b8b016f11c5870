//! What `krb5.conf` says about domain controllers: on a realm of Active Directory every KDC is one.

use std::path::{Path, PathBuf};

/// How deep files may include others.
const DEPTH: usize = 8;

/// The default realm, and the KDCs that are named for realms.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Krb5Conf {
    pub(super) default_realm: Option<String>,
    kdcs: Vec<(String, String)>,
}

impl Krb5Conf {
    /// Reads a file and what it includes; what cannot be read is passed over.
    pub(super) fn read(path: &Path) -> Self {
        let mut conf = Self::default();
        conf.take(path, DEPTH);
        conf
    }

    fn take(&mut self, path: &Path, depth: usize) {
        let Ok(text) = std::fs::read_to_string(path) else { return };
        let own = Self::parse(&text);
        // In the file's order: `include` stands outside of sections, as a rule at the top.
        let included = text.lines().filter_map(include).flatten();
        if depth > 0 {
            included.for_each(|path| self.take(&path, depth - 1));
        }
        self.default_realm = self.default_realm.take().or(own.default_realm);
        self.kdcs.extend(own.kdcs);
    }

    /// Reads a file's text; what is not understood is passed over.
    fn parse(text: &str) -> Self {
        let (mut conf, mut section, mut realm) = (Self::default(), "", None);
        for line in text.lines().map(str::trim) {
            if line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                (section, realm) = (name, None);
            } else if line.starts_with('}') {
                realm = None;
            } else if let Some((key, value)) = line.split_once('=') {
                let (key, value) = (key.trim(), value.trim());
                match (section, realm) {
                    ("libdefaults", _) if key == "default_realm" => {
                        conf.default_realm.get_or_insert_with(|| value.to_owned());
                    }
                    ("realms", None) if value.starts_with('{') => realm = Some(key),
                    ("realms", Some(realm)) if key == "kdc" => {
                        conf.kdcs.push((realm.to_owned(), host(value).to_owned()));
                    }
                    _ => {}
                }
            }
        }
        conf
    }

    /// Hosts of the KDCs of a realm, in the file's order.
    pub(super) fn kdcs(&self, realm: &str) -> impl Iterator<Item = &str> {
        let of_realm = move |(name, _): &&(String, String)| name.eq_ignore_ascii_case(realm);
        self.kdcs.iter().filter(of_realm).map(|(_, host)| host.as_str())
    }
}

/// The files of a line `include FILE` or `includedir FOLDER`. Of a folder only the names that MIT's
/// library takes (krb5.conf(5)): letters, digits, dashes and underscores, or what ends in `.conf`.
fn include(line: &str) -> Option<Vec<PathBuf>> {
    let (word, path) = line.split_once(char::is_whitespace)?;
    let path = Path::new(path.trim());
    match word {
        "include" => Some(vec![path.to_owned()]),
        "includedir" => {
            let plain = |name: &str| {
                name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
                    || Path::new(name).extension().is_some_and(|end| end == "conf")
            };
            let names = std::fs::read_dir(path).ok()?.flatten().map(|entry| entry.file_name());
            let wanted = |name: &std::ffi::OsString| {
                name.to_str().is_some_and(|name| plain(name) && !name.starts_with('.'))
            };
            let mut names: Vec<_> = names.filter(wanted).collect();
            names.sort();
            Some(names.into_iter().map(|name| path.join(name)).collect())
        }
        _ => None,
    }
}

/// `dc1.contoso.com` of `tcp/dc1.contoso.com:88`.
fn host(kdc: &str) -> &str {
    let kdc = kdc.rsplit('/').next().unwrap_or(kdc);
    match kdc.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => kdc.split(':').next().unwrap_or(kdc),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn realm_and_kdcs_are_read() {
        let conf = Krb5Conf::parse(
            "# x\n[libdefaults]\n default_realm = CONTOSO.COM\n[realms]\n  CONTOSO.COM = {\n  \
             kdc = dc1.contoso.com:88\n  kdc = tcp/dc2.contoso.com\n admin_server = x\n }\n \
             OTHER.COM = {\n  kdc = [fd00::1]:88\n }\n[domain_realm]\n .contoso.com = CONTOSO.COM\n",
        );
        assert_eq!(conf.default_realm.as_deref(), Some("CONTOSO.COM"));
        let of = |realm: &str| conf.kdcs(realm).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(of("contoso.com"), ["dc1.contoso.com", "dc2.contoso.com"]);
        assert_eq!(of("OTHER.COM"), ["fd00::1"]);
        assert_eq!(Krb5Conf::parse("= {}\n[\n[realms\nkdc = x\n}"), Krb5Conf::default());
    }

    #[test]
    fn what_is_included_is_read_too() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: String| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            path
        };
        let realm = |kdc: &str| format!("[realms]\n CONTOSO.COM = {{\n kdc = {kdc}\n }}\n");
        file("d/b.conf", realm("dc2"));
        file("d/a_1", realm("dc1"));
        file("d/.hidden.conf", realm("no"));
        file("d/old.conf~", realm("no"));
        let one = file("one", "[libdefaults]\n default_realm = CONTOSO.COM\n".to_owned());
        let (top, folder) = (folder.path().join("top"), folder.path().join("d"));
        // It includes itself as well.
        let text = format!(
            "includedir {}\ninclude {}\ninclude {}\n{}",
            folder.display(),
            one.display(),
            top.display(),
            realm("dc3")
        );
        std::fs::write(&top, text).unwrap();
        let conf = Krb5Conf::read(&top);
        assert_eq!(conf.default_realm.as_deref(), Some("CONTOSO.COM"));
        let kdcs: Vec<&str> = conf.kdcs("CONTOSO.COM").collect();
        assert_eq!(&kdcs[..2], ["dc1", "dc2"]);
        assert_eq!(kdcs.last(), Some(&"dc3"));
        assert!(!kdcs.contains(&"no"));
        assert_eq!(Krb5Conf::read(&folder.join("nosuch")), Krb5Conf::default());
    }
}
