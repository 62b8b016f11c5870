//! Rebuilds the crate when an image source changes: the sources are compiled into the program.

fn main() {
    println!("cargo:rerun-if-changed=../lab/images");
}
