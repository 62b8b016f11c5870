//! Messages as lines of text, in the form of the traces in KB 4549715: source, destination,
//! protocol and description, with tabs between them.

use std::fmt;

use kerberos_parser::krb5::EncryptionType;

use super::message::{Body, Encrypted, Endpoint, KdcReply, Message, Ticket};
use super::trace::Trace;

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.messages.iter().try_for_each(|message| writeln!(f, "{message}"))
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\t{}\tKerberosV5\tKerberosV5:{}", self.from, self.to, self.body)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Some(host) => f.write_str(host),
            None => self.address.ip().fmt(f),
        }
    }
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsReq(asked) => {
                f.write_str("AS Request")?;
                part(f, "Cname", asked.cname.as_deref())?;
                part(f, "Realm", Some(&asked.realm))?;
                part(f, "Sname", asked.sname.as_deref())
            }
            Self::TgsReq(asked) => {
                f.write_str("TGS Request")?;
                part(f, "Realm", Some(&asked.realm))?;
                part(f, "Sname", asked.sname.as_deref())
            }
            Self::AsRep(reply) => write!(f, "AS Response {reply}"),
            Self::TgsRep(reply) => write!(f, "TGS Response {reply}"),
            Self::ApReq(asked) => write!(f, "AP Request {}", asked.ticket),
            Self::ApRep { encrypted } => write!(f, "AP Response {encrypted}"),
            Self::KrbError(error) => {
                write!(f, "KRB_ERROR - {} ({})", error.name, error.code)?;
                part(f, "Realm", Some(&error.realm))?;
                part(f, "Sname", Some(&error.sname))?;
                part(f, "Etext", error.e_text.as_deref())
            }
            Self::Unreadable { reason } => write!(f, "(unreadable: {reason})"),
        }
    }
}

impl fmt::Display for KdcReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cname: {} {} {}", self.cname, self.ticket, self.encrypted)
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { realm, sname, encrypted } = self;
        write!(f, "Ticket[Realm: {realm} Sname: {sname} {encrypted}]")
    }
}

impl Encrypted {
    /// Its encryption type by name and number.
    pub(crate) fn etype_name(&self) -> String {
        format!("{:?} ({})", EncryptionType(self.etype), self.etype)
    }
}

impl fmt::Display for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Etype: {}", self.etype_name())?;
        self.kvno.map_or(Ok(()), |kvno| write!(f, " Kvno: {kvno}"))
    }
}

fn part(f: &mut fmt::Formatter<'_>, label: &str, value: Option<&str>) -> fmt::Result {
    value.map_or(Ok(()), |value| write!(f, " {label}: {value}"))
}
