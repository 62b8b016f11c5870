//! Which images there are, what each is made from, and the tag that its inputs give it.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use super::ImageSet;
use crate::model::SambaVersion;

/// The image sources, `lab/images` of the repository.
static SOURCES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../lab/images");

/// Debian release of the member server and the workstation.
const SUITE: &str = "trixie";

/// A base image: a minimal Debian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base {
    /// Debian release.
    pub(super) suite: &'static str,
    pub(super) tag: String,
}

impl Base {
    fn new(suite: &'static str, arch: &str) -> Self {
        Self { suite, tag: format!("spnlab/base:{suite}-{}", short_hash(&[suite, arch, "1"])) }
    }
}

/// One image built by the engine.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    pub(super) name: &'static str,
    pub(super) tag: String,
    pub(super) dockerfile: String,
    pub(super) build_args: BTreeMap<String, String>,
    /// Folders of the sources that go into the build context.
    folders: &'static [&'static str],
}

/// Every image in build order. The images of one stage can be built side by side.
#[derive(Debug, Clone)]
pub(super) struct Recipes {
    /// One base, or two if the domain controller's Samba is of another Debian release.
    pub(super) bases: Vec<Base>,
    pub(super) stages: Vec<Vec<Recipe>>,
}

impl Recipes {
    pub(super) fn new(arch: &str, samba: SambaVersion) -> Self {
        let base = Base::new(SUITE, arch);
        let dc_base = Base::new(samba.suite(), arch);
        let on_base = |name, folders, dockerfile: &str| {
            Recipe::new(name, folders, dockerfile, &[("BASE", &base.tag)])
        };
        let args = [("BASE", dc_base.tag.as_str()), ("SAMBA", samba.packages())];
        let dc1 = Recipe::new("dc1", &["dc1", "common"], "dc1/Dockerfile", &args);
        let mem1_packages = on_base("mem1-packages", &["mem1"], "mem1/packages.Dockerfile");
        let client_packages = on_base("client-packages", &["client"], "client/packages.Dockerfile");
        let finish = |name, folders, dockerfile: &str, packages: &Recipe| {
            let args = [("PACKAGES", packages.tag.as_str()), ("DC1", dc1.tag.as_str())];
            Recipe::new(name, folders, dockerfile, &args)
        };
        let mem1 = finish("mem1", &["mem1", "common"], "mem1/Dockerfile", &mem1_packages);
        let client = finish("client", &["client", "common"], "client/Dockerfile", &client_packages);
        let stages = vec![vec![dc1, mem1_packages, client_packages], vec![mem1, client]];
        let mut bases = vec![base, dc_base];
        bases.dedup();
        Self { bases, stages }
    }

    pub(super) fn image_set(&self) -> ImageSet {
        let tag = |name| {
            self.stages
                .iter()
                .flatten()
                .find(|recipe| recipe.name == name)
                .map(|recipe| recipe.tag.clone())
                .unwrap_or_default()
        };
        ImageSet { dc1: tag("dc1"), mem1: tag("mem1"), client: tag("client") }
    }
}

impl Recipe {
    fn new(
        name: &'static str,
        folders: &'static [&'static str],
        dockerfile: &str,
        args: &[(&str, &str)],
    ) -> Self {
        let mut inputs: Vec<String> = vec![name.to_owned(), dockerfile.to_owned()];
        for (key, value) in args {
            inputs.push(format!("{key}={value}"));
        }
        for (path, contents) in files(folders) {
            inputs.push(path);
            inputs.push(hex(&Sha256::digest(contents)));
        }
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        Self {
            name,
            tag: format!("spnlab/{name}:{}", short_hash(&inputs)),
            dockerfile: dockerfile.to_owned(),
            build_args: args.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            folders,
        }
    }

    /// The build context as a tar archive; scripts keep their execute permission.
    pub(super) fn context(&self) -> std::io::Result<Vec<u8>> {
        let mut archive = tar::Builder::new(Vec::new());
        for (path, contents) in files(self.folders) {
            let mut header = tar::Header::new_gnu();
            header.set_size(contents.len() as u64);
            header.set_mode(if contents.starts_with(b"#!") { 0o755 } else { 0o644 });
            header.set_mtime(0);
            archive.append_data(&mut header, path, contents)?;
        }
        archive.into_inner()
    }
}

/// The files of these folders, sorted by path, without the documentation.
fn files(folders: &[&str]) -> Vec<(String, &'static [u8])> {
    fn collect(dir: &'static Dir<'static>, found: &mut Vec<(String, &'static [u8])>) {
        for file in dir.files() {
            let path = file.path().display().to_string();
            if file.path().extension().is_none_or(|extension| extension != "md") {
                found.push((path, file.contents()));
            }
        }
        dir.dirs().for_each(|sub| collect(sub, found));
    }
    let mut found = Vec::new();
    for folder in folders {
        if let Some(dir) = SOURCES.get_dir(folder) {
            collect(dir, &mut found);
        }
    }
    found.sort();
    found
}

pub(super) fn short_hash(inputs: &[&str]) -> String {
    let mut hash = Sha256::new();
    for input in inputs {
        hash.update(input.len().to_be_bytes());
        hash.update(input.as_bytes());
    }
    hex(&hash.finalize())[..12].to_owned()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_follows_the_inputs() {
        let recipes = |arch| Recipes::new(arch, SambaVersion::default());
        let (a, b) = (recipes("x86_64"), recipes("aarch64"));
        assert_eq!(a.image_set(), recipes("x86_64").image_set());
        assert_ne!(a.image_set().dc1, b.image_set().dc1);
        assert_ne!(a.image_set().client, b.image_set().client);
    }

    #[test]
    fn two_sambas_stand_side_by_side() {
        let [a, b] = SambaVersion::ALL.map(|samba| Recipes::new("x86_64", samba));
        let (one, other) = (a.image_set(), b.image_set());
        assert!(one.dc1 != other.dc1 && one.mem1 != other.mem1 && one.client != other.client);
        assert_eq!((a.bases.len(), b.bases.len()), (1, 2));
        // An image without the domain is built once for both Samba versions.
        assert_eq!(a.stages[0][1].tag, b.stages[0][1].tag);
    }

    #[test]
    fn every_context_holds_its_dockerfile() {
        for recipe in Recipes::new("x86_64", SambaVersion::V4_17).stages.iter().flatten() {
            let paths: Vec<String> = files(recipe.folders).into_iter().map(|(p, _)| p).collect();
            assert!(paths.contains(&recipe.dockerfile), "{}: {paths:?}", recipe.name);
            assert!(!recipe.context().unwrap().is_empty());
        }
    }

    #[test]
    fn hashing_keeps_the_borders_of_its_inputs() {
        assert_ne!(short_hash(&["ab", "c"]), short_hash(&["a", "bc"]));
    }
}
