//! CLIENT's registry holds the client settings that the core fix library changes.
//!
//! Uses: no other room.

use spnfix::{ClientSettings, RegistryValue, SettingAnswer, SettingsError};
use spnlab_harness::Lab;

/// The registry of a lab's CLIENT.
#[derive(Debug, Clone, Copy)]
pub struct LabRegistry<'a>(pub &'a Lab);

fn failed(
    value: &RegistryValue,
    verb: &'static str,
) -> impl FnOnce(spnlab_harness::Error) -> SettingsError {
    let value = value.clone();
    move |error| SettingsError::Failed { value, verb, source: Box::new(error) }
}

impl ClientSettings for LabRegistry<'_> {
    fn get<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, Option<String>> {
        Box::pin(async {
            self.0.client().registry_get(&value.name).await.map_err(failed(value, "read"))
        })
    }

    fn set<'a>(&'a mut self, value: &'a RegistryValue, text: &'a str) -> SettingAnswer<'a, ()> {
        Box::pin(async {
            self.0.client().registry_set(&value.name, text).await.map_err(failed(value, "set"))
        })
    }

    fn delete<'a>(&'a mut self, value: &'a RegistryValue) -> SettingAnswer<'a, ()> {
        Box::pin(async {
            self.0.client().registry_delete(&value.name).await.map_err(failed(value, "deleted"))
        })
    }
}
