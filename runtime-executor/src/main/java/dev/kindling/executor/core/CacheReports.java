package dev.kindling.executor.core;

import dev.kindling.protocol.CachedBlockId;
import dev.kindling.protocol.CachedBlockStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the driver does not know yet of the cached blocks: for each block its last change, in the order in which they
 * became known here, numbered. A message carries the first ones that were not acknowledged and the number of its last
 * one; that number comes back when the driver knows them. So messages may be lost, doubled and overtaken.
 */
final class CacheReports {
    /** A status takes some 20 bytes: far below what a frame may have. */
    static final int MAX_CHANGES = 10_000;

    private final TreeMap<Long, CachedBlockStatus> bySequence = new TreeMap<>();
    private final TreeMap<CachedBlockId, Long> sequenceOf = new TreeMap<>();
    private long lastSequence;
    private long sentUpTo;

    /** Changes of one message. */
    record Part(long sequence, List<CachedBlockStatus> changes) {}

    /** Changes of one block may come in another order than they happened: of two, the later one is kept. */
    void add(CachedBlockStatus status) {
        Long known = sequenceOf.get(status.block());
        if (known != null) {
            if (bySequence.get(known).version() > status.version()) {
                return;
            }
            bySequence.remove(known);
        }
        bySequence.put(++lastSequence, status);
        sequenceOf.put(status.block(), lastSequence);
    }

    boolean hasUnsent() {
        return sentUpTo < lastSequence;
    }

    /** All that is not acknowledged, in as many parts as it takes; counts as sent. */
    List<Part> unacknowledged() {
        List<Part> parts = new ArrayList<>();
        List<CachedBlockStatus> changes = new ArrayList<>();
        for (var change : bySequence.entrySet()) {
            changes.add(change.getValue());
            if (changes.size() == MAX_CHANGES || change.getKey().equals(bySequence.lastKey())) {
                parts.add(new Part(change.getKey(), List.copyOf(changes)));
                changes.clear();
            }
        }
        sentUpTo = lastSequence;
        return parts;
    }

    /** The driver knows all changes up to this one. */
    void acknowledged(long sequence) {
        NavigableMap<Long, CachedBlockStatus> known = bySequence.headMap(sequence, true);
        known.values().forEach(status -> sequenceOf.remove(status.block()));
        known.clear();
    }
}
