package dev.kindling.protocol;

/**
 * A key that many rows of one map output have, found by a sample.
 *
 * @param name the key as text, cut short: user data, for one event and nothing else
 * @param partition the reduce partition that it belongs to
 * @param rowCount about how many rows have it
 */
public record HotKey(String name, int partition, long rowCount) {
    /** Without the name. */
    @Override
    public String toString() {
        return "HotKey[partition " + partition + ", about " + rowCount + " rows]";
    }
}
