//! Another password for an account, as an administrator gives it.
//!
//! A reset does not take it back: a lab in which this was done is nobody's afterwards.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::Result;
use crate::lab::Lab;
use crate::topology::Account;

impl Lab {
    /// Gives the account another password, as an administrator's reset does (`unicodePwd`, MS-ADTS
    /// 3.1.1.3.1.5.1). Its key version number rises by one.
    pub async fn change_password(&self, account: Account, password: &str) -> Result<()> {
        let quoted: Vec<u8> =
            format!("\"{password}\"").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (dn, value) = (account.dn, STANDARD.encode(quoted));
        let ldif =
            format!("dn: {dn}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:: {value}\n");
        self.ldbmodify(&ldif).await
    }
}
