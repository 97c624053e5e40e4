package dev.kindling.driver.journal;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.driver.core.DriverCore;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.DriverSettings;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.plan.LeafInput;
import dev.kindling.protocol.FrameCodec;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Gives a new core what a journal says the old one was given, one step after the other, and compares what it decides.
 * Used by one thread.
 */
public final class Replay implements Closeable {
    private static final int MAX_ENTRY_BYTES = 1 << 28;

    private final DataInputStream in;
    private final RecordForm form = new RecordForm(new Told());
    private final ArrayDeque<JournalEntry.Answer> answers = new ArrayDeque<>();
    private final DriverCore core;
    private long stepCount;
    private boolean wasCutOff;

    /**
     * A step that was taken again.
     *
     * @param number from 1
     */
    public record Step(long number, long nowMs, DriverEvent event, List<DriverEffect> effects) {}

    /** @throws KindlingException {@code BAD_ARGUMENT} when it is no journal of this build, or has no whole head */
    public Replay(InputStream journal) throws IOException {
        in = new DataInputStream(new BufferedInputStream(journal, 64 << 10));
        try {
            requireOfThisBuild();
            core = new DriverCore((DriverSettings) form.read(in, DriverSettings.class));
        } catch (EOFException e) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    "the journal ends before its first step: its driver was ended as it started, or nothing could be"
                            + " written",
                    e);
        }
    }

    private void requireOfThisBuild() throws IOException {
        if (in.readInt() != JournaledCore.MAGIC) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    "this is no journal of a driver; kindling.journal.dir says where drivers leave one");
        }
        int version = in.readInt();
        if (version != FrameCodec.VERSION) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    "this journal was written by a build of version " + version + ", this one has " + FrameCodec.VERSION
                            + "; replay it with the build that wrote it");
        }
    }

    /**
     * The next step; empty at the end.
     *
     * @throws KindlingException {@code INTERNAL} when the core decides otherwise than it did
     */
    public Optional<Step> next() throws IOException {
        Optional<byte[]> bytes = nextEntry();
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        stepCount++;
        JournalEntry entry = (JournalEntry)
                form.read(new DataInputStream(new ByteArrayInputStream(bytes.get())), JournalEntry.class);
        answers.clear();
        answers.addAll(entry.answers());
        List<DriverEffect> effects = new ArrayList<>();
        core.on(entry.nowMs(), entry.event(), effects::add);
        if (JournaledCore.digestOf(effects, form) != entry.effectDigest() || !answers.isEmpty()) {
            throw differs(entry.effectCount() + " effects were decided then, " + effects.size() + " now, and "
                    + (effects.size() == entry.effectCount() ? "they are not the same" : "so not the same"));
        }
        return Optional.of(new Step(stepCount, entry.nowMs(), entry.event(), effects));
    }

    private Optional<byte[]> nextEntry() throws IOException {
        int first = in.read();
        if (first < 0) {
            return Optional.empty();
        }
        try {
            int length = first << 24 | in.readUnsignedShort() << 8 | in.readUnsignedByte();
            int crc = in.readInt();
            byte[] bytes = in.readNBytes(Math.max(0, Math.min(length, MAX_ENTRY_BYTES)));
            CRC32C found = new CRC32C();
            found.update(bytes);
            wasCutOff = bytes.length != length || (int) found.getValue() != crc;
            return wasCutOff ? Optional.empty() : Optional.of(bytes);
        } catch (EOFException e) {
            wasCutOff = true;
            return Optional.empty();
        }
    }

    /** Whether the journal ended with something that is no entry. */
    public boolean wasCutOff() {
        return wasCutOff;
    }

    /** Where jobs, stages, attempts and executors stand after the last step. */
    public List<String> standing() {
        return core.standing();
    }

    private KindlingException differs(String how) {
        return new KindlingException(
                ErrorCode.INTERNAL,
                "step " + stepCount + " goes otherwise than in the journal: " + how
                        + ". Either this is another build, or the driver's decisions depend on something besides its"
                        + " events");
    }

    /** Says again what the inputs said. */
    private final class Told implements JobGraph.TaskInputs {
        @Override
        public List<LeafInput> of(int partition) {
            if (answers.poll() instanceof JournalEntry.Answer.Inputs answer) {
                return answer.inputs();
            }
            throw differs("the inputs of partition " + partition + " were not asked for then");
        }

        @Override
        public List<LeafInput> of(int partition, JobGraph.HeldPartitions held) {
            return of(partition);
        }

        @Override
        public List<String> preferredHosts(int partition) {
            if (answers.poll() instanceof JournalEntry.Answer.Hosts answer) {
                return answer.hosts();
            }
            throw differs("the hosts of partition " + partition + " were not asked for then");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
