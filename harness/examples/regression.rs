//! A regression test as your own crate may have it: break a lab, connect, and compare what Kerberos
//! did with a snapshot. In your crate it is a `#[tokio::test]`; the lines are the same.
//!
//! ```console
//! cargo run -p spnlab-harness --example regression
//! ```

use spnlab_harness::{ConnectOptions, Fault, Lab, Result};

#[tokio::main]
async fn main() -> Result<()> {
    let lab = Lab::start().await?;
    lab.dc1().seed(&Fault::Article).await?;
    let attempt = lab.connect(&ConnectOptions::new("mem1.contoso.com", "hostname")).await?;
    insta::assert_yaml_snapshot!(attempt.outcome, @"");
    lab.shutdown().await
}
