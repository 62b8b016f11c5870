//! What `krb5.conf` says about domain controllers: on a realm of Active Directory every KDC is one.
//!
//! Only the file itself is read, not what it includes.

/// The default realm, and the KDCs that are named for realms.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Krb5Conf {
    pub(super) default_realm: Option<String>,
    kdcs: Vec<(String, String)>,
}

impl Krb5Conf {
    /// Reads a file's text; what is not understood is passed over.
    pub(super) fn parse(text: &str) -> Self {
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
}
