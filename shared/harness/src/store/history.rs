//! Reading the journal: plans, heads, what is open.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use demarc_remediation::{
    contest::Repeats,
    journal::{Entry, Progress, Purpose, SCHEMA, Stage},
};
use serde::Deserialize;
use serde_json::json;
use ulid::Ulid;

use super::{
    Head, Store,
    claim::{head_key, stage_key},
    codec,
    item::{Item, bytes_of, key, n, number_of, numbers_of, s, text_of, texts_of},
};
use crate::{Error, failed};

/// A plan with what has become of it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The plan as it was claimed.
    pub entry: Entry,
    /// What happened since, in order.
    pub progress: Vec<Progress>,
}

impl Plan {
    /// Where the plan stands.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.progress.last().map_or(Stage::Claimed, |p| p.stage)
    }

    /// Whether the plan's delta was written, as far as anybody knows.
    #[must_use]
    pub fn was_written(&self) -> bool {
        matches!(self.stage(), Stage::Verified | Stage::Applying | Stage::Unverified)
    }

    /// Whether the plan took another one back. One that could not be verified did not: it may be
    /// asked for again.
    #[must_use]
    pub fn took_back(&self, plan: &str) -> bool {
        self.undoes() == Some(plan) && matches!(self.stage(), Stage::Verified | Stage::Applying)
    }

    /// The plan that this one takes back.
    #[must_use]
    pub fn undoes(&self) -> Option<&str> {
        match &self.entry.purpose {
            Purpose::Undo(plan) => Some(plan),
            Purpose::Remediate => None,
        }
    }
}

impl Store {
    /// A setting's item as this sandbox knows it, without reading it: every claim checks it.
    #[must_use]
    pub fn known_head(&self, setting: &str) -> Head {
        self.remember(|memory| memory.heads.get(setting).cloned()).unwrap_or_default()
    }

    /// A setting's item, read.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn head(&self, setting: &str) -> Result<Head, Error> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.journal)
            .set_key(Some(head_key(setting)))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("dynamodb:GetItem", setting))?;
        Ok(answer.item().map_or_else(Head::default, |item| Head {
            fence: number_of(item, "fence").unwrap_or(0),
            chain: text_of(item, "chain").unwrap_or_default().to_owned(),
            leased_until: number_of(item, "leased_until").unwrap_or(0),
            open: texts_of(item, "open"),
            recent: numbers_of(item, "recent"),
            repeats: Repeats {
                times: numbers_of(item, "put_right"),
                contested: number_of(item, "contested")
                    .and_then(|n| n.try_into().ok())
                    .unwrap_or(0),
            },
        }))
    }

    /// One plan.
    ///
    /// # Errors
    /// The journal cannot be read, or the entry is of a form that this release does not know.
    pub async fn plan(&self, id: &str) -> Result<Option<Plan>, Error> {
        let query = self
            .query("pk = :pk")
            .expression_attribute_values(":pk", s(format!("plan#{id}")))
            .consistent_read(true);
        let items = self.all(query, id).await?;
        let Some(first) =
            items.iter().find(|i| text_of(i, "sk") == Some(stage_key(Stage::Claimed)))
        else {
            return Ok(None);
        };
        let entry = entry(id, first)?;
        let later = items.iter().filter(|i| text_of(i, "sk") != Some(stage_key(Stage::Claimed)));
        let progress = later.map(|item| body(id, item)).collect::<Result<_, _>>()?;
        Ok(Some(Plan { entry, progress }))
    }

    /// The ids of a setting's plans, oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn plans_of(&self, setting: &str) -> Result<Vec<String>, Error> {
        let query = self
            .query("setting = :setting")
            .index_name("by-setting")
            .expression_attribute_values(":setting", s(setting));
        self.plan_ids(query, setting).await
    }

    /// The ids of an incident's plans, oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn plans_of_incident(&self, incident: &str) -> Result<Vec<String>, Error> {
        let query = self
            .query("incident = :incident")
            .index_name("by-incident")
            .expression_attribute_values(":incident", s(incident));
        self.plan_ids(query, incident).await
    }

    /// Ids of plans that were claimed since a moment (milliseconds since 1970), a page of them in no
    /// order, and where the next page starts. Reads through the whole journal.
    ///
    /// # Errors
    /// The journal cannot be read, or the token is none that was given out.
    pub async fn plans_since(
        &self,
        since: u64,
        token: Option<&str>,
    ) -> Result<(Vec<String>, Option<String>), Error> {
        let start = token.map(place_of).transpose()?;
        let page = self
            .client
            .scan()
            .table_name(&self.journal)
            // A plan's id begins with its time, and sorts by it.
            .filter_expression("sk = :claimed AND #plan >= :since")
            .expression_attribute_names("#plan", "plan")
            .expression_attribute_values(":claimed", s(stage_key(Stage::Claimed)))
            .expression_attribute_values(":since", s(Ulid::from_parts(since, 0).to_string()))
            .set_exclusive_start_key(start)
            // What was done a moment ago is what a person looks for.
            .consistent_read(true)
            .send()
            .await
            .map_err(failed("dynamodb:Scan", &self.journal))?;
        let ids = page.items().iter().filter_map(|item| text_of(item, "plan")).map(str::to_owned);
        let next = page
            .last_evaluated_key()
            .map(|place| json!([text_of(place, "pk"), text_of(place, "sk")]).to_string());
        Ok((ids.collect(), next))
    }

    /// The keys of settings with a plan that should have been finished by now.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn overdue(&self) -> Result<Vec<String>, Error> {
        let query = self
            .query("open_index = :open AND look_again_at < :now")
            .index_name("open")
            .expression_attribute_values(":open", s("open"))
            .expression_attribute_values(":now", n(self.clock.now()));
        let items = self.all(query, "open plans").await?;
        let keys = items.iter().filter_map(|item| text_of(item, "pk"));
        Ok(keys.filter_map(|pk| pk.strip_prefix("setting#")).map(str::to_owned).collect())
    }

    fn query(&self, condition: &str) -> QueryFluentBuilder {
        self.client.query().table_name(&self.journal).key_condition_expression(condition)
    }

    async fn plan_ids(&self, query: QueryFluentBuilder, what: &str) -> Result<Vec<String>, Error> {
        let items = self.all(query, what).await?;
        Ok(items.iter().filter_map(|item| text_of(item, "plan")).map(str::to_owned).collect())
    }

    async fn all(&self, query: QueryFluentBuilder, what: &str) -> Result<Vec<Item>, Error> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let page = query
                .clone()
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(failed("dynamodb:Query", what))?;
            items.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }
}

/// Where a page of the journal starts.
fn place_of(token: &str) -> Result<Item, Error> {
    let (pk, sk): (String, String) = serde_json::from_str(token)
        .map_err(|_| Error::Refused("the token is none that was given out".to_owned()))?;
    Ok(key(pk, sk))
}

/// The version of an entry's form, which is read before anything else of it.
#[derive(Deserialize)]
struct Form {
    schema: u32,
}

/// An entry of any form that this release knows. A new form gets an arm that turns the older one
/// into it.
fn entry(id: &str, item: &Item) -> Result<Entry, Error> {
    let form: Form = body(id, item)?;
    match form.schema {
        SCHEMA => body(id, item),
        newer if newer > SCHEMA => Err(Error::Refused(format!(
            "plan `{id}` was written by a newer release (schema {newer}; this one knows {SCHEMA}): nothing is written on its setting before the stack is updated"
        ))),
        unknown => Err(Error::Internal(format!(
            "plan `{id}` has schema {unknown}, which no release wrote"
        ))),
    }
}

fn body<T: serde::de::DeserializeOwned>(id: &str, item: &Item) -> Result<T, Error> {
    let packed = bytes_of(item, "body").unwrap_or_default();
    codec::unpack(id, packed)
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::base64;
    use serde_json::Value;

    use super::*;
    use crate::store::item::b;

    /// What the journal held of one bucket when its first form was today's: its plan's claim and
    /// end, and its setting's item.
    const OLDEST: &str = include_str!("../../../../tests/fixtures/journal/schema-1.json");

    /// The texts and bytes of an item; nothing else is looked at here.
    fn item(stored: &Value) -> Item {
        let attribute = |value: &Value| {
            let text = value.get("S").and_then(Value::as_str).map(s);
            let bytes = value.get("B").and_then(Value::as_str);
            text.or_else(|| Some(b(base64::decode(bytes?).unwrap())))
        };
        let attributes = stored.as_object().unwrap().iter();
        attributes.filter_map(|(name, v)| Some((name.clone(), attribute(v)?))).collect()
    }

    fn stored() -> [Item; 3] {
        let items: Vec<Value> = serde_json::from_str(OLDEST).unwrap();
        items.iter().map(item).collect::<Vec<_>>().try_into().unwrap()
    }

    #[test]
    fn an_entry_of_the_oldest_schema_is_read_and_its_hashes_are_those_of_today() {
        let [claim, end, head] = stored();
        let entry = entry("it", &claim).unwrap();
        assert_eq!((entry.schema, entry.control.as_str()), (1, "s3.block-public-access"));
        let progress: Progress = body("it", &end).unwrap();
        assert_eq!((&progress.plan, progress.stage), (&entry.plan, Stage::Verified));
        let first = codec::chain("", &codec::text(&entry).unwrap());
        assert_eq!(text_of(&claim, "hash"), Some(first.as_str()));
        let second = codec::chain(&first, &codec::text(&progress).unwrap());
        assert_eq!(text_of(&end, "hash"), Some(second.as_str()));
        assert_eq!(text_of(&head, "chain"), Some(second.as_str()));
    }

    #[test]
    fn an_entry_of_another_schema_is_refused_by_name() {
        for (schema, said) in [(SCHEMA + 1, "newer release"), (0, "no release")] {
            let body = codec::pack("it", &json!({"schema": schema}).to_string()).unwrap();
            let error = entry("it", &Item::from([("body".to_owned(), b(body))])).unwrap_err();
            let text = error.to_string();
            assert!(text.contains("plan `it`") && text.contains(said), "{text}");
        }
    }
}
