//! Domain controllers from `krb5.conf`. In a realm of Active Directory every KDC is one.
//!
//! It reads what MIT's library reads (krb5.conf(5), `prof_parse.c`), but holds out against files
//! that include themselves, pipes and devices. The tests compare it with the library.

mod line;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use line::{Place, after_word};

use crate::regular_file::read_regular;

/// Most names of files and folders that are read. Each is read once, so this also limits how deep
/// files include others.
const MOST_NAMES: usize = 256;
/// Bytes of all files together.
const MOST_BYTES: u64 = 4 << 20;
/// The relations that name KDCs. The next one counts only if there is none of the one before.
const KDCS: [&str; 3] = ["kdc", "primary_kdc", "master_kdc"];

/// What the files say. A key is the path to a relation: `realms`, `CONTOSO.COM`, `kdc`.
#[derive(Debug, Default)]
pub(super) struct Krb5Conf {
    values: BTreeMap<Vec<String>, Vec<String>>,
    /// Sections with a star, of the files before this one: nothing is added to them.
    final_sections: BTreeSet<Vec<String>>,
    /// Sections with a star, of this file.
    new_final_sections: BTreeSet<Vec<String>>,
    /// The first file that was skipped, or whose rest was, and why.
    pub(super) passed_over: Option<String>,
    /// Why a Kerberos library must not read the files: it would wait for ever or use up its stack.
    pub(super) trap: Option<String>,
}

impl Krb5Conf {
    /// Reads files and what they include. It skips what it cannot read.
    pub(super) fn read(paths: &[PathBuf]) -> Self {
        let (conf, names, open) = (Self::default(), HashSet::new(), Vec::new());
        let mut reading = Reading { conf, names, open, bytes_left: MOST_BYTES };
        for path in paths {
            if path.is_dir() {
                reading.folder(path);
            } else {
                reading.file(path);
            }
            let Krb5Conf { final_sections, new_final_sections, .. } = &mut reading.conf;
            final_sections.append(new_final_sections);
        }
        reading.conf
    }

    /// The realm of names without one.
    pub(super) fn default_realm(&self) -> Option<&str> {
        let path = ["libdefaults", "default_realm"].map(str::to_owned);
        self.values.get(path.as_slice())?.first().map(String::as_str)
    }

    /// Hosts of the KDCs of a realm, in the files' order.
    pub(super) fn kdcs(&self, realm: &str) -> Vec<&str> {
        let named = |name: &str| -> Vec<&str> {
            let of_realm = |path: &[String]| {
                matches!(path, [top, section, last]
                if top == "realms" && section.eq_ignore_ascii_case(realm) && last == name)
            };
            let relations = self.values.iter().filter(|(path, _)| of_realm(path));
            relations.flat_map(|(_, values)| values).filter_map(|kdc| host(kdc)).collect()
        };
        KDCS.into_iter().map(named).find(|hosts| !hosts.is_empty()).unwrap_or_default()
    }

    fn add(&mut self, path: Vec<String>, value: &str) {
        let of_use = match path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["libdefaults", name] => name == "default_realm",
            ["realms", _, name] => KDCS.contains(&name),
            _ => false,
        };
        if of_use {
            self.values.entry(path).or_default().push(value.to_owned());
        }
    }
}

/// Reads a file with all that it includes. The file may be anybody's, and include itself.
struct Reading {
    conf: Krb5Conf,
    names: HashSet<PathBuf>,
    /// The file or folder that is read, and what included it.
    open: Vec<PathBuf>,
    bytes_left: u64,
}

impl Reading {
    fn file(&mut self, path: &Path) {
        self.once(path, |reading| reading.read(path));
    }

    fn folder(&mut self, path: &Path) {
        self.once(path, |reading| {
            files_of(path)?.iter().for_each(|file| reading.file(file));
            Ok(())
        });
    }

    /// Reads a file or folder if it is new, and notes why it cannot.
    fn once(&mut self, path: &Path, read: impl FnOnce(&mut Self) -> io::Result<()>) {
        let done = match self.enter(path) {
            Ok(true) => {
                let done = read(self);
                self.open.pop();
                done
            }
            entered => entered.map(drop),
        };
        if let Err(why) = done {
            self.pass_over(path, &why);
        }
    }

    fn pass_over(&mut self, path: &Path, why: &io::Error) {
        let said = format!("{}: {why}", path.display());
        if why.kind() == io::ErrorKind::InvalidInput {
            self.conf.trap.get_or_insert_with(|| said.clone());
        }
        self.conf.passed_over.get_or_insert(said);
    }

    fn read(&mut self, path: &Path) -> io::Result<()> {
        let bytes = read_regular(path, self.bytes_left)?;
        self.bytes_left -= u64::try_from(bytes.len()).unwrap_or(self.bytes_left);
        let text = String::from_utf8_lossy(&bytes);
        let mut place = Place::default();
        for (number, line) in (1..).zip(text.split('\n')) {
            match (after_word(line, "include"), after_word(line, "includedir")) {
                (Some(file), _) => self.file(Path::new(file)),
                (_, Some(folder)) => self.folder(Path::new(folder)),
                _ => place
                    .read(line, &mut self.conf)
                    .map_err(|why| io::Error::other(format!("line {number}: {why}")))?,
            }
        }
        Ok(())
    }

    /// Opens a file or folder if it is new, under any name.
    fn enter(&mut self, path: &Path) -> io::Result<bool> {
        let known = !self.names.insert(path.to_owned());
        if self.names.len() > MOST_NAMES {
            return Err(io::Error::other(format!("more than {MOST_NAMES} files are included")));
        }
        let real = fs::canonicalize(path)?;
        if self.open.contains(&real) {
            let said = || format!("{}: it includes itself", path.display());
            self.conf.trap.get_or_insert_with(said);
        }
        let is_new = !known && (real == path || self.names.insert(real.clone()));
        if is_new {
            self.open.push(real);
        }
        Ok(is_new)
    }
}

/// The file names that MIT's library accepts (krb5.conf(5)): letters, digits, dashes and
/// underscores, or anything that ends in `.conf`.
fn files_of(folder: &Path) -> io::Result<Vec<PathBuf>> {
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

/// `dc1.contoso.com` of `dc1.contoso.com:88` or `dc1.contoso.com 88`, also after Heimdal's `tcp/`.
/// A proxy (`https://…`) or a socket (`/run/…`) is no domain controller.
fn host(kdc: &str) -> Option<&str> {
    if kdc.contains("://") || kdc.starts_with('/') {
        return None;
    }
    let kdc = kdc.rsplit('/').next().unwrap_or(kdc);
    let host = match kdc.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => kdc.split([' ', '\t', ':']).next().unwrap_or(kdc),
    };
    let port = host.chars().all(|c| c.is_ascii_digit());
    (!port).then_some(host)
}

#[cfg(test)]
mod tests;
