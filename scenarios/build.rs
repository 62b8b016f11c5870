//! Rebuilds the crate when a feature or a record comes or goes: the program carries them.

fn main() {
    println!("cargo:rerun-if-changed=../features");
    println!("cargo:rerun-if-changed=snapshots");
}
