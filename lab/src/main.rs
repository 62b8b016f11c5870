//! Command line of the lab for WinRM error 0x80090322.

fn main() {}
