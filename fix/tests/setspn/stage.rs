//! What the tests play on.

use spnfix::InMemoryDirectory;
use spnfix::setspn::{
    Arguments, Domains, Outcome, Progress, Reached, SetspnError, WindowsText, run, serving,
};

/// What a run printed, and how it ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Printed {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) outcome: Outcome,
}

/// Several domains; the first is the current one.
#[derive(Clone, Debug)]
pub(crate) struct Forest(pub(crate) Vec<InMemoryDirectory>);

impl Domains for Forest {
    fn reach<'a>(&'a mut self, domain: Option<&'a str>) -> Reached<'a> {
        Box::pin(async move {
            for directory in &mut self.0 {
                match serving(directory, domain).await {
                    Err(SetspnError::NoSuchDomain { .. }) => {}
                    reached => return reached,
                }
            }
            Err(SetspnError::NoSuchDomain { domain: domain.unwrap_or_default().to_owned() })
        })
    }
}

/// The domain of the article: MEM1 with its own names, a web service without any.
pub(crate) fn contoso() -> InMemoryDirectory {
    InMemoryDirectory::new("DC=contoso,DC=com", "CONTOSO")
        .with_computer("MEM1", "mem1.contoso.com", &["HOST/MEM1", "HOST/mem1.contoso.com"])
        .with_user("svc_web", &[])
}

/// The domain, and in its global catalog the accounts of another one.
pub(crate) fn with_catalog(
    mut domain: InMemoryDirectory,
    other: &InMemoryDirectory,
) -> InMemoryDirectory {
    for account in other.accounts() {
        domain.insert(account.clone());
    }
    domain
}

/// Runs a command line, split at its spaces; `""` is an empty word.
pub(crate) async fn typed(forest: &mut Forest, line: &str) -> Result<Printed, SetspnError> {
    typed_on(forest, line, Progress::Line).await
}

pub(crate) async fn typed_on(
    forest: &mut Forest,
    line: &str,
    progress: Progress,
) -> Result<Printed, SetspnError> {
    let word = |word: &str| if word == "\"\"" { String::new() } else { word.to_owned() };
    let words: Vec<String> = line.split_whitespace().map(word).collect();
    let request = Arguments::parse(&words).unwrap().request;
    let progress = if request.progress { progress } else { Progress::Silent };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut text = WindowsText::new(&mut out, &mut err, progress);
    let outcome = run(&request, forest, &mut text).await?;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ok(Printed { out: text(out), err: text(err), outcome })
}

/// A run on one domain that is expected to end as it should.
pub(crate) async fn one(directory: InMemoryDirectory, line: &str) -> Printed {
    typed(&mut Forest(vec![directory]), line).await.unwrap()
}
