//! Domain controllers from `krb5.conf`. In a realm of Active Directory every KDC is one.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::regular_file::read_regular;

/// Most names of files and folders that are read. Each is read once, so this also limits how deep
/// files include others.
const MOST_NAMES: usize = 256;
/// Bytes of all files together.
const MOST_BYTES: u64 = 16 << 20;

/// The default realm, and the KDCs of the realms.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Krb5Conf {
    pub(super) default_realm: Option<String>,
    kdcs: Vec<(String, String)>,
    /// The first file that was skipped, and why.
    pub(super) passed_over: Option<String>,
}

impl Krb5Conf {
    /// Reads a file and what it includes. It skips what it cannot read.
    pub(super) fn read(path: &Path) -> Self {
        let (conf, names) = (Self::default(), HashSet::new());
        let mut reading = Reading { conf, names, bytes_left: MOST_BYTES };
        reading.file(path);
        reading.conf
    }

    /// Parses a file's text. It skips what it does not understand.
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

/// Reads a file with all that it includes. The file may be anybody's, and include itself.
struct Reading {
    conf: Krb5Conf,
    names: HashSet<PathBuf>,
    bytes_left: u64,
}

impl Reading {
    fn file(&mut self, path: &Path) {
        if let Err(why) = self.read(path) {
            let said = format!("{}: {why}", path.display());
            self.conf.passed_over.get_or_insert(said);
        }
    }

    fn read(&mut self, path: &Path) -> io::Result<()> {
        if !self.is_new(path)? {
            return Ok(());
        }
        let bytes = read_regular(path, self.bytes_left)?;
        self.bytes_left -= u64::try_from(bytes.len()).unwrap_or(self.bytes_left);
        let text = String::from_utf8_lossy(&bytes);
        let own = Krb5Conf::parse(&text);
        // In the file's order. `include` is outside of sections, usually at the top.
        for line in text.lines() {
            match line.split_once(char::is_whitespace) {
                Some(("include", path)) => self.file(Path::new(path.trim())),
                Some(("includedir", path)) => self.folder(Path::new(path.trim())),
                _ => {}
            }
        }
        self.conf.default_realm = self.conf.default_realm.take().or(own.default_realm);
        self.conf.kdcs.extend(own.kdcs);
        Ok(())
    }

    fn folder(&mut self, path: &Path) {
        match self.files_of(path) {
            Ok(files) => files.iter().for_each(|file| self.file(file)),
            Err(why) => {
                let said = format!("{}: {why}", path.display());
                self.conf.passed_over.get_or_insert(said);
            }
        }
    }

    /// The file names that MIT's library accepts (krb5.conf(5)): letters, digits, dashes and
    /// underscores, or anything that ends in `.conf`.
    fn files_of(&mut self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        if !self.is_new(folder)? {
            return Ok(Vec::new());
        }
        let plain = |name: &str| {
            name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
                || Path::new(name).extension().is_some_and(|end| end == "conf")
        };
        let mut files = Vec::new();
        for entry in fs::read_dir(folder)?.take(MOST_NAMES) {
            let name = entry?.file_name();
            if name.to_str().is_some_and(|name| plain(name) && !name.starts_with('.')) {
                files.push(folder.join(name));
            }
        }
        files.sort();
        Ok(files)
    }

    /// Whether this file is new, under any name.
    fn is_new(&mut self, path: &Path) -> io::Result<bool> {
        if self.names.contains(path) {
            return Ok(false);
        }
        if self.names.len() >= MOST_NAMES {
            return Err(io::Error::other(format!("more than {MOST_NAMES} files are included")));
        }
        self.names.insert(path.to_owned());
        let real = fs::canonicalize(path)?;
        Ok(real == path || self.names.insert(real))
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
        let text =
            format!("includedir {}\ninclude {}\n{}", folder.display(), one.display(), realm("dc3"));
        std::fs::write(&top, text).unwrap();
        let conf = Krb5Conf::read(&top);
        assert_eq!(conf.default_realm.as_deref(), Some("CONTOSO.COM"));
        let kdcs: Vec<&str> = conf.kdcs("CONTOSO.COM").collect();
        assert_eq!(kdcs, ["dc1", "dc2", "dc3"]);
        assert_eq!(conf.passed_over, None);
        let nothing = Krb5Conf::read(&folder.join("nosuch"));
        assert_eq!((nothing.default_realm, nothing.kdcs), (None, Vec::new()));
        assert!(nothing.passed_over.unwrap().contains("nosuch: No such file"));
    }

    /// Eight files that each include all eight: a reader that only limits the depth would read 8^8
    /// files.
    #[test]
    fn files_that_include_each_other_are_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = |at: usize| folder.path().join(format!("{at}.conf"));
        let mut includes = vec![format!("includedir {}\n", folder.path().display())];
        for at in 0..8 {
            includes.push(format!("include {}\n", path(at).display()));
            // The same file under another name.
            let link = folder.path().join(format!("link{at}"));
            std::os::unix::fs::symlink(path(at), &link).unwrap();
            includes.push(format!("include {}\n", link.display()));
        }
        let includes = includes.concat();
        for at in 0..8 {
            let realm = format!("[realms]\n CONTOSO.COM = {{\n kdc = dc{at}\n }}\n");
            fs::write(path(at), format!("{includes}{realm}")).unwrap();
        }
        let conf = Krb5Conf::read(&path(0));
        let mut kdcs: Vec<&str> = conf.kdcs("CONTOSO.COM").collect();
        kdcs.sort_unstable();
        assert_eq!(kdcs, ["dc0", "dc1", "dc2", "dc3", "dc4", "dc5", "dc6", "dc7"]);
        assert_eq!(conf.passed_over, None);
    }

    #[test]
    fn pipes_devices_and_floods_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let long = folder.path().join("long");
        fs::File::create(&long).unwrap().set_len(MOST_BYTES + 1).unwrap();
        let top = folder.path().join("top");
        let realm = "[libdefaults]\n default_realm = CONTOSO.COM\n";
        let table = [
            (pipe.clone(), "no regular file"),
            (PathBuf::from("/dev/zero"), "no regular file"),
            (long, "it has more than"),
        ];
        for (path, why) in table {
            let said = |conf: &Krb5Conf| {
                let said = conf.passed_over.clone().unwrap();
                assert!(said.starts_with(path.to_str().unwrap()) && said.contains(why), "{said}");
            };
            said(&Krb5Conf::read(&path));
            fs::write(&top, format!("include {}\n{realm}", path.display())).unwrap();
            let conf = Krb5Conf::read(&top);
            assert_eq!(conf.default_realm.as_deref(), Some("CONTOSO.COM"));
            said(&conf);
        }
        let many: Vec<_> = (0..2 * MOST_NAMES).map(|at| format!("include /no/{at}\n")).collect();
        let many = many.concat();
        fs::write(&top, format!("{many}{realm}")).unwrap();
        assert_eq!(Krb5Conf::read(&top).default_realm.as_deref(), Some("CONTOSO.COM"));
        // The longest chain that is allowed. Each link is a file of its own.
        let deep = |at: usize| folder.path().join(format!("deep{at}"));
        for at in 0..2 * MOST_NAMES {
            fs::write(deep(at), format!("include {}\n{realm}", deep(at + 1).display())).unwrap();
        }
        let conf = Krb5Conf::read(&deep(0));
        assert_eq!(conf.default_realm.as_deref(), Some("CONTOSO.COM"));
        assert!(conf.passed_over.unwrap().contains("more than 256 files"));
    }
}
