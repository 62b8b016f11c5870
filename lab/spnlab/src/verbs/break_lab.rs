//! `spnlab break`.

use spnlab_harness::{Fault, Lab, accounts};

use crate::cli::{Condition, name_option};
use crate::console::Console;
use crate::failure::Failure;

pub(super) async fn break_lab(
    name: &str,
    condition: Condition,
    console: &Console,
) -> Result<u8, Failure> {
    let lab = Lab::attach(name).await?;
    let spn = "HTTP/mem1.contoso.com";
    let done = match condition {
        Condition::Article => {
            lab.dc1().seed(&Fault::Article).await?;
            "HTTP/mem1.contoso.com and HTTP/mem1 are now registered on svc_web"
        }
        Condition::Duplicate if lab.has_second_dc() => {
            lab.race(spn, [accounts::SVC_WEB, accounts::MEM1]).await?;
            "dc1 took HTTP/mem1.contoso.com for svc_web and dc2 for MEM1$, before they replicated: both have it"
        }
        Condition::Duplicate => {
            let on = [accounts::SVC_WEB, accounts::MEM1];
            lab.dc1().seed(&Fault::Duplicated { spn: spn.to_owned(), on }).await?;
            "HTTP/mem1.contoso.com is now on svc_web and on MEM1$, written into the database without Samba's checks"
        }
    };
    let spns = lab.dc1().spns().await?;
    console.document("break", &spns);
    console.print(done);
    console.say(&format!("next: spnlab connect{}", name_option(name)));
    Ok(0)
}
