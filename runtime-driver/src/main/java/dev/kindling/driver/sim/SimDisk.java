package dev.kindling.driver.sim;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.block.BlockFormat;
import dev.kindling.block.BlockHeader;
import dev.kindling.block.BlockParser;
import dev.kindling.executor.block.MapOutputWriter;
import dev.kindling.executor.block.SpillFile;
import dev.kindling.protocol.AttemptId;
import dev.kindling.sim.FaultKind;
import dev.kindling.sim.Faults;
import dev.kindling.sim.SimWorld;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** What one simulated executor keeps: map outputs in the real block format, and stored results. Ends with its process. */
final class SimDisk {
    private final SimWorld world;
    private final Faults faults;
    private long fullUntilMs;
    /** A shuffle whose outputs leave no room here. */
    private OptionalInt crowding = OptionalInt.empty();

    private final TreeMap<Integer, TreeMap<AttemptId, MapOutput>> mapOutputs = new TreeMap<>();
    private final TreeMap<AttemptId, byte[]> results = new TreeMap<>();

    private final TreeMap<Long, BroadcastBlocks> broadcasts = new TreeMap<>();

    /** In the real block format. */
    record MapOutput(byte[] bytes, int[] bucketEnds) {
        MapOutput copy() {
            return new MapOutput(bytes.clone(), bucketEnds);
        }

        /** Whether the checksum of every block is right. */
        boolean isWhole() {
            BlockParser parser = new BlockParser();
            parser.feed(bytes, 0, bytes.length);
            try {
                while (parser.next()) {
                    // The parser compares them.
                }
                parser.finish();
                return true;
            } catch (KindlingException e) {
                return false;
            }
        }
    }

    SimDisk(SimWorld world, Faults faults) {
        this.world = world;
        this.faults = faults;
    }

    /** Until then nothing can be written. */
    void fillUntil(long ms) {
        fullUntilMs = Math.max(fullUntilMs, ms);
    }

    /** As long as it holds anything of this shuffle nothing can be written. */
    void crowdWith(int shuffleId) {
        crowding = OptionalInt.of(shuffleId);
    }

    /** Whoever ordered that the shuffle is dropped can do no more. */
    void uncrowd() {
        crowding = OptionalInt.empty();
    }

    boolean isFull() {
        return isFilled() || crowding.isPresent() && mapOutputs().containsKey(crowding.getAsInt());
    }

    /** For a while, by what nobody can drop. */
    boolean isFilled() {
        return world.nowMs() < fullUntilMs;
    }

    private void requireRoomFor(int byteCount) {
        if (isFull()) {
            throw new KindlingException(
                    ErrorCode.SCRATCH_FULL, "no space left on the simulated disk for " + byteCount + " bytes");
        }
    }

    // ---- map outputs --------------------------------------------------------------------------------------------

    MapOutputWriter openMapOutput(int shuffleId, AttemptId attempt, int bucketCount) {
        return new Writer(shuffleId, attempt, bucketCount);
    }

    /** The blocks of a range of buckets; null when there is no such output. */
    byte[] blocks(int shuffleId, AttemptId attempt, int firstBucket, int endBucket) {
        TreeMap<AttemptId, MapOutput> outputs = mapOutputs.get(shuffleId);
        MapOutput output = outputs == null ? null : outputs.get(attempt);
        if (output == null) {
            return null;
        }
        int from = firstBucket == 0 ? 0 : output.bucketEnds[firstBucket - 1];
        return Arrays.copyOfRange(output.bytes, from, output.bucketEnds[endBucket - 1]);
    }

    /** Null when there is no such output. */
    MapOutput whole(int shuffleId, AttemptId attempt) {
        return mapOutputs.getOrDefault(shuffleId, new TreeMap<>()).get(attempt);
    }

    /** Keeps a copy of another executor's output, which has been checked; false when there is no room. */
    boolean keepCopy(int shuffleId, AttemptId attempt, MapOutput output) {
        if (isFull()) {
            return false;
        }
        mapOutputs.computeIfAbsent(shuffleId, id -> new TreeMap<>()).put(attempt, output.copy());
        return true;
    }

    void dropShuffle(int shuffleId) {
        mapOutputs.remove(shuffleId);
    }

    void dropMapOutput(int shuffleId, AttemptId attempt) {
        TreeMap<AttemptId, MapOutput> outputs = mapOutputs.get(shuffleId);
        if (outputs != null) {
            outputs.remove(attempt);
        }
    }

    /** One of its files is gone; false when there is none. */
    boolean loseAny(SplittableRandom random) {
        List<Runnable> losses = new ArrayList<>();
        mapOutputs.forEach((shuffle, outputs) ->
                outputs.keySet().forEach(attempt -> losses.add(() -> dropMapOutput(shuffle, attempt))));
        results.keySet().forEach(attempt -> losses.add(() -> dropResult(attempt)));
        broadcasts
                .values()
                .forEach(blocks ->
                        blocks.blocks.keySet().forEach(block -> losses.add(() -> blocks.blocks.remove(block))));
        if (losses.isEmpty()) {
            return false;
        }
        losses.get(random.nextInt(losses.size())).run();
        return true;
    }

    /** Every map output as (shuffle, attempt). */
    TreeMap<Integer, List<AttemptId>> mapOutputs() {
        TreeMap<Integer, List<AttemptId>> held = new TreeMap<>();
        mapOutputs.forEach((shuffle, outputs) -> {
            if (!outputs.isEmpty()) {
                held.put(shuffle, List.copyOf(outputs.keySet()));
            }
        });
        return held;
    }

    // ---- results ------------------------------------------------------------------------------------------------

    void keepResult(AttemptId attempt, byte[] bytes) {
        results.put(attempt, bytes.clone());
    }

    /** Null when it is not there. */
    byte[] result(AttemptId attempt) {
        byte[] bytes = results.get(attempt);
        return bytes == null ? null : bytes.clone();
    }

    void dropResult(AttemptId attempt) {
        results.remove(attempt);
    }

    List<AttemptId> results() {
        return List.copyOf(results.keySet());
    }

    /** A bit of one of its files flips; false when there is none. */
    boolean rotAny(SplittableRandom random) {
        List<byte[]> files = new ArrayList<>(results.values());
        mapOutputs.values().forEach(outputs -> outputs.values().forEach(output -> files.add(output.bytes)));
        if (files.isEmpty()) {
            return false;
        }
        flip(files.get(random.nextInt(files.size())), random);
        return true;
    }

    /** Flips one bit. */
    static void flip(byte[] bytes, SplittableRandom random) {
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
    }

    private final class Writer implements MapOutputWriter {
        private final int shuffleId;
        private final AttemptId attempt;
        private final long[] bucketBytes;
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private final ByteArrayOutputStream pages = new ByteArrayOutputStream();
        private int bucket = -1;
        private long rowCount;

        Writer(int shuffleId, AttemptId attempt, int bucketCount) {
            this.shuffleId = shuffleId;
            this.attempt = attempt;
            bucketBytes = new long[bucketCount];
        }

        @Override
        public void startBlock(int nextBucket, long rows) {
            endBlock();
            bucket = nextBucket;
            rowCount = rows;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            requireRoomFor(length);
            pages.write(bytes, offset, length);
        }

        private void endBlock() {
            if (bucket < 0) {
                return;
            }
            byte[] body = pages.toByteArray();
            pages.reset();
            BlockHeader header = new BlockHeader(
                    shuffleId,
                    attempt.stageId(),
                    attempt.partition(),
                    attempt.attempt(),
                    bucket,
                    Math.toIntExact(rowCount),
                    body.length);
            byte[] head = new byte[BlockFormat.HEADER_BYTES];
            BlockFormat.writeHeader(header, BlockFormat.crcOf(body, 0, body.length), head, 0);
            written.writeBytes(head);
            written.writeBytes(body);
            bucketBytes[bucket] += head.length + body.length;
        }

        @Override
        public long[] commit() {
            endBlock();
            byte[] bytes = written.toByteArray();
            int[] ends = new int[bucketBytes.length];
            int end = 0;
            for (int index = 0; index < ends.length; index++) {
                end += (int) bucketBytes[index];
                ends[index] = end;
            }
            mapOutputs.computeIfAbsent(shuffleId, id -> new TreeMap<>()).put(attempt, new MapOutput(bytes, ends));
            return bucketBytes.clone();
        }

        @Override
        public void close() {
            pages.reset();
        }
    }

    // ---- broadcast values ---------------------------------------------------------------------------------------

    /** What is here of one value; whoever fetches it sees when it is dropped meanwhile. */
    static final class BroadcastBlocks {
        private final TreeMap<Integer, byte[]> blocks = new TreeMap<>();
        private boolean isDropped;

        boolean isDropped() {
            return isDropped;
        }

        BitSet present() {
            BitSet present = new BitSet();
            blocks.keySet().forEach(present::set);
            return present;
        }

        /** Null when it is not here. */
        byte[] block(int block) {
            return blocks.get(block);
        }

        void put(int block, byte[] bytes) {
            if (!isDropped) {
                blocks.put(block, bytes);
            }
        }

        /** All blocks put together. */
        byte[] bytes() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            blocks.values().forEach(all::writeBytes);
            return all.toByteArray();
        }
    }

    BroadcastBlocks broadcast(long id) {
        return broadcasts.computeIfAbsent(id, key -> new BroadcastBlocks());
    }

    void dropBroadcast(long id) {
        BroadcastBlocks dropped = broadcasts.remove(id);
        if (dropped != null) {
            dropped.isDropped = true;
        }
    }

    /** Values of which there are blocks. */
    List<Long> broadcasts() {
        return broadcasts.keySet().stream()
                .filter(id -> !broadcasts.get(id).blocks.isEmpty())
                .toList();
    }

    // ---- spills ---------------------------------------------------------------------------------------------------

    /** @param rotted told when what is read back is not what was written */
    SpillFile openSpill(Runnable rotted) {
        return new Spill(rotted);
    }

    /** A scratch file in memory. */
    private final class Spill implements SpillFile {
        private final Runnable rotted;
        private final TreeMap<Long, byte[]> chunksByPosition = new TreeMap<>();
        private long byteCount;

        Spill(Runnable rotted) {
            this.rotted = rotted;
        }

        @Override
        public long append(byte[] bytes, int offset, int length) {
            requireRoomFor(length);
            byte[] chunk = Arrays.copyOfRange(bytes, offset, offset + length);
            long position = byteCount;
            chunksByPosition.put(position, chunk);
            byteCount += length + 8L;
            return position;
        }

        /** The checksum finds every flipped bit: how that is told is all there is to simulate. */
        @Override
        public int read(long position, byte[] target) {
            if (faults.strikes(FaultKind.ROT)) {
                rotted.run();
                throw new KindlingException(
                        ErrorCode.CORRUPT_DATA, "a simulated spill fails its checksum at byte " + position);
            }
            byte[] chunk = chunksByPosition.get(position);
            System.arraycopy(chunk, 0, target, 0, chunk.length);
            return chunk.length;
        }

        @Override
        public long byteCount() {
            return byteCount;
        }

        @Override
        public void close() {
            chunksByPosition.clear();
        }
    }
}
