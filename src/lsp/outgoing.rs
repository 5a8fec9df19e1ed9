//! Messages that wait until the client takes them. Where a client is slow, diagnostics are left out that others of the same
//! file follow, so that no more than the last ones wait.
//!
//! Knows messages; not what they are about.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::mpsc::Receiver;

use rustc_hash::FxHashMap;

use super::server::Sent;
use super::transport;

/// Messages that wait.
#[derive(Default)]
struct Outgoing {
    waiting: VecDeque<Sent>,
    /// For each address, the number of messages with its diagnostics that wait.
    diagnostics: FxHashMap<String, usize>,
}

impl Outgoing {
    fn push(&mut self, sent: Sent) {
        if let Sent::Diagnostics { uri, .. } = &sent {
            *self.diagnostics.entry(uri.clone()).or_default() += 1;
        }
        self.waiting.push_back(sent);
    }

    /// Takes the next message that the client has to have.
    fn pop(&mut self) -> Option<Sent> {
        loop {
            let sent = self.waiting.pop_front()?;
            let Sent::Diagnostics { uri, .. } = &sent else { return Some(sent) };
            match self.diagnostics.get_mut(uri) {
                Some(count) if *count > 1 => *count -= 1,
                _ => {
                    self.diagnostics.remove(uri);
                    return Some(sent);
                }
            }
        }
    }
}

/// Writes what is sent, until there is nobody left to send anything or the client takes no more.
pub(super) fn deliver(outbox: &Receiver<Sent>, writer: &mut impl Write) {
    let mut outgoing = Outgoing::default();
    while let Ok(first) = outbox.recv() {
        outgoing.push(first);
        loop {
            // Whatever was sent while the client took the last message.
            outbox.try_iter().for_each(|sent| outgoing.push(sent));
            let written = match outgoing.pop() {
                None => break,
                Some(Sent::Message(message)) => transport::write(writer, &message),
                Some(Sent::Diagnostics { body, .. }) => transport::write_text(writer, &body),
                Some(Sent::Malformed(reason)) => transport::write_malformed(writer, &reason),
            };
            if written.is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn diagnostics_for_which_later_ones_wait_are_left_out() {
        let (out, outbox) = mpsc::channel();
        let of = |uri: &str, body: &str| Sent::Diagnostics { uri: uri.to_owned(), body: body.to_owned() };
        for sent in [of("a", "a1"), of("b", "b1"), of("a", "a2"), Sent::Malformed("odd".to_owned()), of("a", "a3")] {
            out.send(sent).expect("sent");
        }
        drop(out);
        let mut written = Vec::new();
        deliver(&outbox, &mut written);
        let written = String::from_utf8(written).expect("UTF-8");
        let order: Vec<&str> =
            ["a1", "a2", "b1", "odd", "a3"].into_iter().filter(|one| written.contains(one)).collect();
        assert_eq!(order, ["b1", "odd", "a3"]);
        assert!(written.find("b1") < written.find("odd") && written.find("odd") < written.find("a3"), "{written}");
    }
}
