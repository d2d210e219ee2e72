//! Claim and close: the two transactions around every write.

use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{ConditionCheck, TransactWriteItem, Update},
};
use demarc_remediation::{
    contest::{Contested, Repeats, latest},
    journal::{Entry, Progress, Stage},
};
use ulid::Ulid;

use super::{
    Head, LEASE_MILLIS, Plan, Store, codec,
    control::{kill_switch_key, put, same_version},
    exemption::{Exempting, exemption_key},
    item::{Item, b, key, n, numbers, s, texts},
    steps::{self, Standing},
};
use crate::{Error, failed};

const CONFLICT_RETRIES: u32 = 6;

/// What is claimed in one transaction.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// The setting's key.
    pub key: &'a str,
    /// The setting's item as it was last seen.
    pub head: &'a Head,
    /// The version of the setting's exemptions as they were last seen.
    pub exemption_version: Option<u64>,
    /// The plans, with their before-images.
    pub entries: &'a [Entry],
    /// The setting's open plans, as they were read after its item.
    pub older: &'a [Plan],
    /// Ends of older plans that these plans take over.
    pub ends: &'a [Progress],
    /// Older plans that stay open.
    pub carried: &'a [String],
    /// Exemptions to write: an undo stays undone.
    pub exempt: Option<&'a Exempting>,
    /// Whether the kill switch forbids it. It does not forbid an undo.
    pub stoppable: bool,
    /// Whether the resource is going to be written: [`Head::recent`] tells of it then.
    pub writes: bool,
    /// Whether it counts among the setting's remediations once it is written, and makes it contested.
    pub counts: Option<Contested>,
}

/// A claim's answer.
#[derive(Clone, Debug)]
pub enum Claimed {
    /// The setting is ours until the lease ends.
    Taken(Lease),
    /// The kill switch is on.
    Stopped,
    /// The exemptions are not those that the claim was made with.
    OtherExemptions,
    /// The setting's item is not the one that the claim was made with.
    OtherHead,
}

/// The right to write a setting.
#[derive(Clone, Debug)]
pub struct Lease {
    /// The setting's key.
    pub key: String,
    fence: u64,
    chain: String,
    recent: Vec<u64>,
    repeats: Repeats,
    counts: Option<Contested>,
    /// The plans that can be ended under it.
    standing: Standing,
}

impl Lease {
    /// The setting's remediations when it is closed with these ends.
    fn repeats(&self, progress: &[Progress], now: u64) -> Repeats {
        let is_written =
            |p: &Progress| matches!(p.stage, Stage::Verified | Stage::Unverified | Stage::Applying);
        match self.counts {
            Some(contested) if progress.iter().any(is_written) => {
                contested.after(&self.repeats, now)
            }
            _ => self.repeats.clone(),
        }
    }
}

impl Store {
    /// Takes the lease and stores the plans, in one transaction with the conditions that nobody
    /// has pulled the kill switch, exempted something or taken the lease meanwhile.
    ///
    /// # Errors
    /// The transaction failed for another reason than its conditions, an image is too large, or an
    /// open plan would make a step that there is not, or be forgotten.
    pub async fn claim(&self, claim: &Claim<'_>) -> Result<Claimed, Error> {
        if claim.older.iter().any(|plan| !plan.stage().is_open()) {
            // Somebody has ended it since the item was seen.
            return Ok(Claimed::OtherHead);
        }
        let mut standing = steps::standing(claim.older);
        steps::check(&standing, claim.ends)?;
        steps::forgets_none(claim)?;
        standing.retain(|plan, _| claim.carried.contains(plan));
        standing.extend(claim.entries.iter().map(|e| (e.plan.clone(), Stage::Claimed)));
        let fence = claim.head.fence + 1;
        let now = self.clock.now();
        let recent = latest(&claim.head.recent, claim.writes.then_some(now));
        let mut writes = vec![self.exemption_check(claim)?];
        if claim.stoppable {
            writes.push(self.kill_switch_check(claim.key)?);
        }
        let head_at = writes.len();
        let (items, chain) =
            self.chained(claim.key, &claim.head.chain, claim.entries, claim.ends)?;
        let own = claim.entries.iter().map(|e| &e.plan);
        let open: Vec<String> = own.chain(claim.carried).cloned().collect();
        let (repeats, counts) = (claim.head.repeats.clone(), claim.counts);
        let key = claim.key.to_owned();
        let lease = Lease { key, fence, chain, recent, repeats, counts, standing };
        writes.push(self.head_claim(claim, &lease, &open, now)?);
        writes.extend(items);
        if let Some(exempting) = claim.exempt {
            writes.extend(self.ending_put(exempting)?);
        }
        match self.transact(&writes).await? {
            None => Ok(Claimed::Taken(lease)),
            Some(0) => Ok(Claimed::OtherExemptions),
            Some(position) if position < head_at => Ok(Claimed::Stopped),
            Some(position) if position == head_at => Ok(Claimed::OtherHead),
            Some(position) => Err(Error::Internal(format!(
                "the journal has an entry of the new plan already (item {position}): the plan's id is not unique"
            ))),
        }
    }

    /// Stores how the plans ended (or that they are applying) and gives the lease back. Plans in
    /// `unfinished` stay open as they are: the next claim, or the settle pass, takes them over.
    ///
    /// # Errors
    /// `LeaseLost` where another run has taken over; else the transaction failed, or a plan would
    /// make a step that there is not.
    pub async fn close(
        &self,
        lease: &Lease,
        progress: &[Progress],
        unfinished: &[String],
        look_again_at: Option<u64>,
    ) -> Result<(), Error> {
        steps::check(&lease.standing, progress)?;
        let (items, chain) = self.chained(&lease.key, &lease.chain, &[], progress)?;
        let applying = progress.iter().filter(|p| p.stage.is_open()).map(|p| &p.plan);
        let open: Vec<String> = applying.chain(unfinished).cloned().collect();
        let head = Head {
            fence: lease.fence,
            chain,
            leased_until: 0,
            open,
            recent: lease.recent.clone(),
            repeats: lease.repeats(progress, self.clock.now()),
        };
        let mut writes = vec![self.head_close(lease, &head, look_again_at)?];
        writes.extend(items);
        let written = progress.iter().filter(|p| p.stage != Stage::Abandoned).map(|p| p.at).max();
        match self.transact(&writes).await? {
            None => {
                self.remember(|memory| {
                    memory.heads.insert(lease.key.clone(), head);
                    memory.written.extend(written.map(|at| (lease.key.clone(), at)));
                });
                Ok(())
            }
            Some(_) => {
                self.remember(|memory| memory.heads.remove(&lease.key));
                Err(Error::LeaseLost { key: lease.key.clone() })
            }
        }
    }

    /// The journal items of new entries and of progress, chained behind `previous`.
    fn chained(
        &self,
        setting: &str,
        previous: &str,
        entries: &[Entry],
        progress: &[Progress],
    ) -> Result<(Vec<TransactWriteItem>, String), Error> {
        let mut chain = previous.to_owned();
        let mut items = Vec::new();
        for step in progress {
            let text = codec::text(step)?;
            chain = codec::chain(&chain, &text);
            let item = journal_item(setting, &step.plan, step.stage, &text, &chain)?;
            items.push(put(&self.journal, item, Some("attribute_not_exists(pk)"))?);
        }
        for entry in entries {
            let text = codec::text(entry)?;
            chain = codec::chain(&chain, &text);
            let mut item = journal_item(setting, &entry.plan, Stage::Claimed, &text, &chain)?;
            item.insert("setting".into(), s(setting));
            item.insert("plan".into(), s(&entry.plan));
            item.insert("incident".into(), s(&entry.incident));
            items.push(put(&self.journal, item, Some("attribute_not_exists(pk)"))?);
        }
        Ok((items, chain))
    }

    fn kill_switch_check(&self, setting: &str) -> Result<TransactWriteItem, Error> {
        let check = ConditionCheck::builder()
            .table_name(&self.control)
            .set_key(Some(kill_switch_key(setting)))
            .condition_expression("attribute_not_exists(pk) OR stopped = :no")
            .expression_attribute_values(
                ":no",
                aws_sdk_dynamodb::types::AttributeValue::Bool(false),
            )
            .build()
            .map_err(|e| Error::Internal(e.to_string()))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// The first of a claim's items: checks the exemptions' version, or replaces them.
    fn exemption_check(&self, claim: &Claim<'_>) -> Result<TransactWriteItem, Error> {
        if let Some(Exempting { elements, .. }) = claim.exempt {
            return self.exemption_put(claim.key, claim.exemption_version, elements);
        }
        let (condition, version) = same_version(claim.exemption_version);
        let check = ConditionCheck::builder()
            .table_name(&self.control)
            .set_key(Some(exemption_key(claim.key)))
            .condition_expression(condition)
            .set_expression_attribute_values(version)
            .build()
            .map_err(|e| Error::Internal(e.to_string()))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    fn head_claim(
        &self,
        claim: &Claim<'_>,
        lease: &Lease,
        open: &[String],
        now: u64,
    ) -> Result<TransactWriteItem, Error> {
        let until = now + LEASE_MILLIS;
        let update = Update::builder()
            .table_name(&self.journal)
            .set_key(Some(head_key(claim.key)))
            .update_expression(
                "SET fence = :fence, chain = :chain, leased_until = :until, #open = :open, \
                 open_index = :index, look_again_at = :until, recent = :recent",
            )
            .expression_attribute_names("#open", "open")
            .expression_attribute_values(":fence", n(lease.fence))
            .expression_attribute_values(":chain", s(&lease.chain))
            .expression_attribute_values(":recent", numbers(&lease.recent))
            .expression_attribute_values(":until", n(until))
            .expression_attribute_values(":open", texts(open))
            .expression_attribute_values(":index", s("open"));
        let update = if claim.head.fence == 0 {
            update.condition_expression("attribute_not_exists(pk)")
        } else {
            update
                .condition_expression("fence = :seen AND chain = :previous AND leased_until < :now")
                .expression_attribute_values(":seen", n(claim.head.fence))
                .expression_attribute_values(":previous", s(&claim.head.chain))
                .expression_attribute_values(":now", n(now))
        };
        let update = update.build().map_err(|e| Error::Internal(e.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn head_close(
        &self,
        lease: &Lease,
        head: &Head,
        look_again_at: Option<u64>,
    ) -> Result<TransactWriteItem, Error> {
        let update = Update::builder()
            .table_name(&self.journal)
            .set_key(Some(head_key(&lease.key)))
            .condition_expression("fence = :fence")
            .expression_attribute_names("#open", "open")
            .expression_attribute_values(":fence", n(lease.fence))
            .expression_attribute_values(":chain", s(&head.chain))
            .expression_attribute_values(":free", n(0))
            .expression_attribute_values(":open", texts(&head.open))
            .expression_attribute_values(":times", numbers(&head.repeats.times))
            .expression_attribute_values(":contested", n(head.repeats.contested.into()));
        let set = "SET chain = :chain, leased_until = :free, #open = :open, put_right = :times, \
                   contested = :contested";
        let update = match look_again_at {
            Some(at) => update
                .update_expression(format!("{set}, look_again_at = :at"))
                .expression_attribute_values(":at", n(at)),
            None if head.open.is_empty() => {
                update.update_expression(format!("{set} REMOVE open_index, look_again_at"))
            }
            None => update.update_expression(set),
        };
        let update = update.build().map_err(|e| Error::Internal(e.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Writes all or nothing. `Some(position)`: the condition of that item does not hold. A
    /// conflict with another transaction is tried again after a pause; it says nothing of the
    /// conditions.
    pub(super) async fn transact(
        &self,
        writes: &[TransactWriteItem],
    ) -> Result<Option<usize>, Error> {
        let mut attempt = 0;
        loop {
            let answer = self
                .client
                .transact_write_items()
                .set_transact_items(Some(writes.to_vec()))
                .send()
                .await;
            let Err(error) = answer else { return Ok(None) };
            match error.as_service_error().map(cancellation) {
                Some(Cancellation::Condition(position)) => return Ok(Some(position)),
                Some(Cancellation::Conflict) if attempt < CONFLICT_RETRIES => {
                    attempt += 1;
                    self.clock.sleep(pause(attempt)).await;
                }
                _ => return Err(failed("dynamodb:TransactWriteItems", &self.journal)(error)),
            }
        }
    }
}

enum Cancellation {
    Condition(usize),
    Conflict,
    Other,
}

/// A conflict or throttling anywhere outweighs a failed condition: the conditions were not all
/// evaluated against one state.
fn cancellation(error: &TransactWriteItemsError) -> Cancellation {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else {
        let conflict = matches!(error, TransactWriteItemsError::TransactionInProgressException(_));
        return if conflict { Cancellation::Conflict } else { Cancellation::Other };
    };
    let codes: Vec<&str> =
        cancelled.cancellation_reasons().iter().map(|r| r.code().unwrap_or("None")).collect();
    let retryable = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
    if codes.iter().any(|code| retryable.contains(code)) {
        return Cancellation::Conflict;
    }
    if codes.iter().any(|code| !["None", "ConditionalCheckFailed"].contains(code)) {
        return Cancellation::Other;
    }
    codes
        .iter()
        .position(|code| *code == "ConditionalCheckFailed")
        .map_or(Cancellation::Other, Cancellation::Condition)
}

/// 50 ms, doubling, with up to as much again at random.
fn pause(attempt: u32) -> std::time::Duration {
    let base = 25_u64 << attempt.min(8);
    let random = Ulid::new().0 % u128::from(base);
    std::time::Duration::from_millis(base + u64::try_from(random).unwrap_or(0))
}

pub(super) fn head_key(setting: &str) -> Item {
    key(format!("setting#{setting}"), "head")
}

/// An entry's sort key: the claim, at most one "applying", one end.
pub(super) fn stage_key(stage: Stage) -> &'static str {
    match stage {
        Stage::Claimed => "0",
        Stage::Applying => "1",
        _ => "2",
    }
}

fn journal_item(
    setting: &str,
    plan: &str,
    stage: Stage,
    text: &str,
    hash: &str,
) -> Result<Item, Error> {
    let mut item = key(format!("plan#{plan}"), stage_key(stage));
    item.insert("stage".into(), s(stage.as_str()));
    item.insert("of".into(), s(setting));
    item.insert("body".into(), b(codec::pack(setting, text)?));
    item.insert("hash".into(), s(hash));
    Ok(item)
}
