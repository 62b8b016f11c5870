//! The registry of CLIENT for a process that has no way into the lab: what it asks goes through a pipe to the
//! process that has one.

use std::io;

use serde::{Deserialize, Serialize};
use spnfix::{ClientSettings, RegistryValue, SettingAnswer, SettingsError};
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader,
};

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
enum Asked {
    Get(RegistryValue),
    Set(RegistryValue, String),
    Delete(RegistryValue),
}

impl Asked {
    /// The value, and what an error says could not be done with it.
    fn what(&self) -> (&RegistryValue, &'static str) {
        match self {
            Self::Get(value) => (value, "read"),
            Self::Set(value, _) => (value, "set"),
            Self::Delete(value) => (value, "deleted"),
        }
    }
}

/// The text of a value that was asked for, or why it could not be done.
type Answer = Result<Option<String>, String>;

/// One message as a line of JSON.
pub(crate) fn line(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}

/// The registry on the side of who asks.
#[derive(Debug)]
pub(crate) struct LentRegistry<R, W> {
    answers: R,
    questions: W,
}

impl<R: AsyncBufRead + Send + Unpin, W: AsyncWrite + Send + Unpin> LentRegistry<R, W> {
    /// Questions go out here, and answers come in there.
    pub(crate) fn new(answers: R, questions: W) -> Self {
        Self { answers, questions }
    }

    async fn ask(&mut self, asked: &Asked) -> Result<Option<String>, SettingsError> {
        let answer = self.answer(asked).await.unwrap_or_else(|error| Err(error.to_string()));
        let (value, verb) = asked.what();
        answer.map_err(|why| SettingsError::Failed {
            value: value.clone(),
            verb,
            source: why.into(),
        })
    }

    async fn answer(&mut self, asked: &Asked) -> io::Result<Answer> {
        self.questions.write_all(&line(asked)?).await?;
        self.questions.flush().await?;
        let mut text = String::new();
        self.answers.read_line(&mut text).await?;
        Ok(serde_json::from_str(&text)?)
    }
}

impl<R: AsyncBufRead + Send + Unpin, W: AsyncWrite + Send + Unpin> ClientSettings
    for LentRegistry<R, W>
{
    fn get<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, Option<String>> {
        Box::pin(async { self.ask(&Asked::Get(value.clone())).await })
    }

    fn set<'a>(&'a mut self, value: &'a RegistryValue, text: &'a str) -> SettingAnswer<'a, ()> {
        Box::pin(async { self.ask(&Asked::Set(value.clone(), text.to_owned())).await.map(drop) })
    }

    fn delete<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, ()> {
        Box::pin(async { self.ask(&Asked::Delete(value.clone())).await.map(drop) })
    }
}

/// On the side of who has the registry: does what is asked until nobody asks any more.
pub(crate) async fn lend(
    registry: &mut impl ClientSettings,
    questions: impl AsyncRead + Unpin,
    mut answers: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    let mut questions = BufReader::new(questions).lines();
    while let Some(text) = questions.next_line().await? {
        let answer: Answer = match serde_json::from_str(&text)? {
            Asked::Get(value) => registry.get(&value).await,
            Asked::Set(value, text) => registry.set(&value, &text).await.map(|()| None),
            Asked::Delete(value) => registry.delete(&value).await.map(|()| None),
        }
        .map_err(|error| error.to_string());
        answers.write_all(&line(&answer)?).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use spnfix::{InMemorySettings, NoClientSettings};

    use super::*;

    /// Asks through the pipe; returns what was answered and what is there afterwards.
    async fn through<S: ClientSettings>(
        mut settings: S,
        ask: impl AsyncFnOnce(&mut dyn ClientSettings),
    ) -> S {
        let (asking, asked) = tokio::io::duplex(256);
        let (questions, answers) = tokio::io::split(asked);
        let lend = lend(&mut settings, questions, answers);
        let asks = async {
            let (answers, questions) = tokio::io::split(asking);
            ask(&mut LentRegistry::new(BufReader::new(answers), questions)).await;
        };
        let (ended, ()) = tokio::join!(lend, asks);
        ended.unwrap();
        settings
    }

    #[tokio::test]
    async fn what_is_set_and_deleted_is_the_lenders() {
        let value = RegistryValue::spn_prefix();
        let left = through(InMemorySettings::default(), async |lent| {
            assert_eq!(lent.get(&value).await.unwrap(), None);
            lent.set(&value, "WSMAN\n ").await.unwrap();
            assert_eq!(lent.get(&value).await.unwrap().as_deref(), Some("WSMAN\n "));
        })
        .await;
        assert_eq!(left.text(&value), Some("WSMAN\n "));
        let left = through(left, async |lent| lent.delete(&value).await.unwrap()).await;
        assert_eq!(left.text(&value), None);
    }

    #[tokio::test]
    async fn a_refusal_of_the_lender_is_one_here() {
        through(NoClientSettings, async |lent| {
            let refused = lent.set(&RegistryValue::spn_prefix(), "HOST").await.unwrap_err();
            let SettingsError::Failed { verb: "set", source, .. } = refused else {
                panic!("{refused:?}")
            };
            assert!(source.to_string().starts_with("no client machine is given"), "{source}");
        })
        .await;
    }

    #[tokio::test]
    async fn without_a_lender_nothing_is_believed() {
        let mut lent = LentRegistry::new(&b""[..], tokio::io::sink());
        assert!(lent.get(&RegistryValue::spn_prefix()).await.is_err());
    }
}
