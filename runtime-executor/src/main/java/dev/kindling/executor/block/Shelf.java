package dev.kindling.executor.block;

import dev.kindling.executor.memory.MemoryPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stored bytes by key, in memory while there is room and in files otherwise. When others need the memory, the oldest go
 * to files, for good. Any thread.
 */
final class Shelf<K> {
    private static final Logger LOG = LoggerFactory.getLogger(Shelf.class);

    /** Where something is: one of both, the other null. */
    record Stored(byte[] bytes, Path file) {}

    /** Puts what leaves memory into a file. */
    @FunctionalInterface
    interface Mover<K> {
        Path toFile(K key, byte[] bytes) throws IOException;
    }

    private final MemoryPool memory;
    private final Mover<K> mover;

    /** In the order they came. Guarded by itself. */
    private final Map<K, Stored> entries = new LinkedHashMap<>();

    /** @param memory where what is held in memory is counted; asks the shelf to give some up */
    Shelf(MemoryPool memory, Mover<K> mover) {
        this.memory = memory;
        this.mover = mover;
        memory.evictWith(this::evict);
    }

    /** The array belongs to the shelf from now on. */
    void put(K key, byte[] bytes) throws IOException {
        boolean hasRoom = memory.tryAcquireStorage(bytes.length);
        keep(key, hasRoom ? new Stored(bytes, null) : new Stored(null, mover.toFile(key, bytes)));
    }

    void put(K key, Path file) {
        keep(key, new Stored(null, file));
    }

    private void keep(K key, Stored stored) {
        Stored replaced;
        synchronized (entries) {
            replaced = entries.put(key, stored);
        }
        // An attempt's map output has the same name each time: what is there now is the new one.
        if (replaced != null && (replaced.file() == null || !replaced.file().equals(stored.file()))) {
            discard(replaced);
        }
    }

    Optional<Stored> find(K key) {
        synchronized (entries) {
            return Optional.ofNullable(entries.get(key));
        }
    }

    void drop(K key) {
        Stored stored;
        synchronized (entries) {
            stored = entries.remove(key);
        }
        if (stored != null) {
            discard(stored);
        }
    }

    void dropIf(Predicate<K> isUnwanted) {
        List<Stored> dropped = new ArrayList<>();
        synchronized (entries) {
            entries.entrySet().removeIf(entry -> isUnwanted.test(entry.getKey()) && dropped.add(entry.getValue()));
        }
        dropped.forEach(this::discard);
    }

    private void discard(Stored stored) {
        if (stored.bytes() != null) {
            memory.releaseStorage(stored.bytes().length);
            return;
        }
        try {
            Files.deleteIfExists(stored.file());
        } catch (IOException e) {
            LOG.warn("cannot delete {}: {}", stored.file(), e.toString());
        }
    }

    private long evict(long bytes) {
        long freed = 0;
        synchronized (entries) {
            Iterator<Map.Entry<K, Stored>> oldest = entries.entrySet().iterator();
            while (freed < bytes && oldest.hasNext()) {
                Map.Entry<K, Stored> entry = oldest.next();
                byte[] evicted = entry.getValue().bytes();
                if (evicted != null) {
                    entry.setValue(new Stored(null, move(entry.getKey(), evicted)));
                    memory.releaseStorage(evicted.length);
                    freed += evicted.length;
                }
            }
        }
        return freed;
    }

    private Path move(K key, byte[] bytes) {
        try {
            return mover.toFile(key, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot move " + key + " from memory to disk", e);
        }
    }

    /** Gives the memory back; files go with their directories. */
    void close() {
        synchronized (entries) {
            for (Stored stored : entries.values()) {
                if (stored.bytes() != null) {
                    memory.releaseStorage(stored.bytes().length);
                }
            }
            entries.clear();
        }
    }
}
