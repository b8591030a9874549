package io.roomcast.service;

import io.roomcast.protocol.NewMessage;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.service.admission.RateLimits;
import java.util.List;
import java.util.function.Consumer;

/**
 * The first messages of a publish, those that nothing has refused so far. Each check may make it shorter, and says why.
 * It is never empty: the refusal of the first message is thrown. Used by one thread.
 */
final class Beginning {
    private List<NewMessage> messages;
    private ProtocolException refusal;

    /** @param refusal why the message after these is refused, or null */
    Beginning(List<NewMessage> messages, ProtocolException refusal) {
        this.messages = messages;
        this.refusal = refusal;
    }

    List<NewMessage> messages() {
        return messages;
    }

    int size() {
        return messages.size();
    }

    /** Why the next message is refused; null if all messages of the publish are left. */
    ProtocolException refusal() {
        return refusal;
    }

    /** Leaves what a rate allows. */
    void cut(RateLimits.Allowed allowed) {
        if (allowed.refusal() != null) {
            cutBefore(allowed.count(), allowed.refusal());
        }
    }

    /** Ends before the first message for which the check throws. */
    void cutBefore(Consumer<NewMessage> check) {
        for (int i = 0; i < messages.size(); i++) {
            try {
                check.accept(messages.get(i));
            } catch (ProtocolException e) {
                cutBefore(i, e);
                return;
            }
        }
    }

    private void cutBefore(int index, ProtocolException why) {
        if (index == 0) {
            throw why;
        }
        messages = messages.subList(0, index);
        refusal = why;
    }
}
