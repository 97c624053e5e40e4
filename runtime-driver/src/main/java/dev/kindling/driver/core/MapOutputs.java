package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.Event;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.HotKey;
import dev.kindling.protocol.MapSource;
import dev.kindling.protocol.TaskInput;
import dev.kindling.protocol.TaskResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who holds which map output: for each map partition of a shuffle the attempt that wrote it, the process that holds
 * it and the size of each reduce partition, one byte each.
 *
 * <p>An output is named by its attempt everywhere: what an earlier attempt wrote is never mistaken for it. Count and
 * digest of its rows stay known when it is dropped, so that a rebuilt output is known to be the same or not. The loss of
 * an executor costs one pass over the outputs it could hold; everything else is constant, except {@link #inputOf},
 * which has to name every map output.
 */
final class MapOutputs {
    private final TreeMap<Integer, Shuffle> shuffles = new TreeMap<>();

    /** One shuffle's table. */
    static final class Shuffle {
        final int shuffleId;
        final int mapStageId;
        final int reducePartitions;
        /** Whether nobody named the number of its reduce partitions. */
        final boolean hasDefaultCount;

        final PartitionSet missing;
        /** Stages that read it, needed now or not. */
        final TreeSet<Integer> readers = new TreeSet<>();

        private final int[] attempts;
        private final int[] executors;
        private final byte[][] sizes;
        private final long[] rowCounts;
        private final long[] rowDigests;
        /** Of each reduce partition, over all outputs that are there. */
        private final long[] partitionBytes;
        /** The same by map output, both sides in groups of neighbours. */
        private final ShuffleMatrix matrix;
        /** By map partition; only of outputs that have some. */
        private final TreeMap<Integer, List<HotKey>> hotKeys = new TreeMap<>();

        boolean isSkewReported;

        private Shuffle(JobGraph.StageSpec map) {
            int mapPartitions = map.partitionCount();
            shuffleId = map.shuffleId();
            mapStageId = map.stageId();
            reducePartitions = map.reducePartitions();
            hasDefaultCount = map.hasDefaultCount();
            missing = PartitionSet.full(mapPartitions);
            attempts = new int[mapPartitions];
            Arrays.fill(attempts, -1);
            executors = new int[mapPartitions];
            sizes = new byte[mapPartitions][];
            rowCounts = new long[mapPartitions];
            rowDigests = new long[mapPartitions];
            partitionBytes = new long[reducePartitions];
            matrix = new ShuffleMatrix(mapPartitions, reducePartitions);
        }

        boolean isComplete() {
            return missing.isEmpty();
        }

        int mapPartitions() {
            return attempts.length;
        }

        boolean isHeld(AttemptId attempt, int executorIndex) {
            int map = attempt.partition();
            return isHeld(attempt) && executors[map] == executorIndex;
        }

        boolean isHeld(AttemptId attempt) {
            int map = attempt.partition();
            return attempt.stageId() == mapStageId
                    && map < attempts.length
                    && !missing.contains(map)
                    && attempts[map] == attempt.attempt();
        }

        int executorOf(int mapPartition) {
            return executors[mapPartition];
        }

        /** The attempt that wrote the output, or, when it is missing, the last one that did; -1 when none has. */
        int attemptOf(int mapPartition) {
            return attempts[mapPartition];
        }

        /** Whether an earlier output of the map partition, dropped by now, had other rows. */
        boolean hadOtherRows(int mapPartition, TaskResult.MapWritten written) {
            return attempts[mapPartition] >= 0
                    && (rowCounts[mapPartition] != written.rowCount()
                            || rowDigests[mapPartition] != written.rowDigest());
        }

        void put(AttemptId attempt, int executorIndex, TaskResult.MapWritten written) {
            int map = attempt.partition();
            attempts[map] = attempt.attempt();
            executors[map] = executorIndex;
            count(map, -1);
            sizes[map] = SizeCode.encode(written.partitionBytes());
            count(map, 1);
            if (!written.hotKeys().isEmpty()) {
                hotKeys.put(map, written.hotKeys());
            }
            rowCounts[map] = written.rowCount();
            rowDigests[map] = written.rowDigest();
            missing.remove(map);
        }

        /** Another process holds the same output as well, and is to be asked from now on. */
        void move(int mapPartition, int executorIndex) {
            executors[mapPartition] = executorIndex;
        }

        void drop(int mapPartition) {
            missing.add(mapPartition);
            count(mapPartition, -1);
            sizes[mapPartition] = null;
            hotKeys.remove(mapPartition);
        }

        /** Map partitions whose output that process holds. */
        List<Integer> heldBy(int executorIndex) {
            List<Integer> held = new ArrayList<>();
            for (int map = 0; map < attempts.length; map++) {
                if (executors[map] == executorIndex && !missing.contains(map)) {
                    held.add(map);
                }
            }
            return held;
        }

        private void count(int map, int sign) {
            byte[] codes = sizes[map];
            for (int partition = 0; codes != null && partition < codes.length; partition++) {
                long bytes = sign * SizeCode.decode(codes[partition]);
                partitionBytes[partition] += bytes;
                matrix.add(map, partition, bytes);
            }
        }

        Event.ShuffleWritten written(Instant time) {
            return matrix.written(time, shuffleId, mapStageId, partitionBytes);
        }

        /** Of each reduce partition about, over all outputs that are there. */
        long[] partitionBytes() {
            return partitionBytes.clone();
        }

        long bytesOf(int reducePartition) {
            return partitionBytes[reducePartition];
        }

        List<HotKey> hotKeys() {
            List<HotKey> all = new ArrayList<>();
            hotKeys.values().forEach(all::addAll);
            return all;
        }

        /** Drops all outputs that process held; returns their map partitions. */
        List<Integer> dropAllOn(int executorIndex) {
            List<Integer> dropped = heldBy(executorIndex);
            dropped.forEach(this::drop);
            return dropped;
        }

        /** Everything a reduce task needs to fetch its partition. */
        TaskInput.ShuffleInput inputOf(int leafId, int reducePartition, ExecutorTable table) {
            TreeMap<Integer, Integer> positions = new TreeMap<>();
            List<ExecutorAddress> holders = new ArrayList<>();
            List<MapSource> sources = new ArrayList<>(attempts.length);
            for (int map = 0; map < attempts.length; map++) {
                Integer position = positions.get(executors[map]);
                if (position == null) {
                    position = holders.size();
                    positions.put(executors[map], position);
                    holders.add(table.byIndex(executors[map]).address);
                }
                AttemptId attempt = new AttemptId(mapStageId, map, attempts[map]);
                sources.add(new MapSource(attempt, position, SizeCode.decode(sizes[map][reducePartition])));
            }
            return new TaskInput.ShuffleInput(leafId, reducePartition, shuffleId, holders, sources);
        }
    }

    Shuffle declare(JobGraph.StageSpec map) {
        return shuffles.computeIfAbsent(map.shuffleId(), id -> new Shuffle(map));
    }

    /** Null when it was never declared or is forgotten. */
    Shuffle find(int shuffleId) {
        return shuffles.get(shuffleId);
    }

    Iterable<Shuffle> all() {
        return shuffles.values();
    }

    void forget(int shuffleId) {
        shuffles.remove(shuffleId);
    }
}
