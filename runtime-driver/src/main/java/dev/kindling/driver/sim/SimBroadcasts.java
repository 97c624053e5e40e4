package dev.kindling.driver.sim;

import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.block.BlockFormat;
import dev.kindling.driver.core.DriverEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** The broadcast values of the simulated driver, and who has begun to fetch them. */
final class SimBroadcasts {
    private static final int BLOCK_BYTES = 64;

    private final TreeMap<Long, Published> values = new TreeMap<>();

    private record Published(BroadcastKey key, byte[] bytes, LinkedHashSet<String> peers) {}

    /** Some blocks of seeded bytes. */
    BroadcastKey publish(long id, int blockCount, SplittableRandom random) {
        byte[] bytes = new byte[blockCount * BLOCK_BYTES - 1];
        random.nextBytes(bytes);
        int[] checksums = new int[blockCount];
        for (int block = 0; block < blockCount; block++) {
            byte[] own = blockOf(bytes, block);
            checksums[block] = BlockFormat.crcOf(own, 0, own.length);
        }
        BroadcastKey key = new BroadcastKey(id, "simulated", bytes.length, BLOCK_BYTES, checksums);
        values.put(id, new Published(key, bytes, new LinkedHashSet<>()));
        return key;
    }

    private static byte[] blockOf(byte[] bytes, int block) {
        return Arrays.copyOfRange(bytes, block * BLOCK_BYTES, Math.min(bytes.length, (block + 1) * BLOCK_BYTES));
    }

    /** As the driver does it: off the shelf first, then the order to forget it. */
    void destroy(SimDriver driver) {
        for (long id : new ArrayList<>(values.keySet())) {
            values.remove(id);
            driver.on(new DriverEvent.DropBroadcast(id, -1));
        }
    }

    /** Null when it was destroyed. */
    byte[] block(long id, int block) {
        Published published = values.get(id);
        return published == null ? null : blockOf(published.bytes, block);
    }

    /** Names of processes that have asked before; null when the value was destroyed. */
    List<String> peersFor(long id, String asking) {
        Published published = values.get(id);
        if (published == null) {
            return null;
        }
        List<String> others = new ArrayList<>(published.peers);
        others.remove(asking);
        published.peers.add(asking);
        return others;
    }

    byte[] valueOf(long id) {
        return values.get(id).bytes;
    }
}
