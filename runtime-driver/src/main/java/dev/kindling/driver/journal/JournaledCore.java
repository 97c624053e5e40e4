package dev.kindling.driver.journal;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.driver.core.DriverCore;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.driver.core.DriverSettings;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.loop.Core;
import dev.kindling.loop.Effects;
import dev.kindling.plan.LeafInput;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.util.FileTrees;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's core, with a journal of all that reaches it: events, times, what it asked of inputs, and a digest of what
 * it decided. Part of the shell: it writes, at most {@link #MAX_BYTES}, and when that fails the run goes on without.
 *
 * <p>A journal is {@link #MAGIC}, the version of the protocol, the settings of the core, then entries of {@code int length
 * | int CRC32C | bytes}; whoever reads it stops where it was cut off. Rows, results and programs are in it as lengths and
 * numbers; keys of skewed shuffles, texts of errors and settings of jobs as they are. Owned by the driver's loop.
 */
public final class JournaledCore implements Core<DriverEvent, DriverEffect>, Closeable {
    static final int MAGIC = 0x4B4A524E; // "KJRN"

    /** Some hours of a busy driver; a disk is not filled with it. */
    static final long MAX_BYTES = 4L << 30;

    private static final Logger LOG = LoggerFactory.getLogger(JournaledCore.class);

    private final DriverCore core;
    private final DataOutputStream out;
    private final RecordForm form = RecordForm.writer();
    private final List<JournalEntry.Answer> answers = new ArrayList<>();
    private long byteCount;
    private boolean isWriting = true;

    /** With a new file in the directory, for its owner alone. */
    public static JournaledCore create(DriverCore core, DriverSettings settings, Path directory, String applicationId) {
        Path file = directory.resolve(applicationId + ".journal");
        try {
            Files.createDirectories(directory);
            FileTrees.createForOwner(file);
            return new JournaledCore(core, settings, Files.newOutputStream(file));
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "cannot create the journal " + file + " (" + e.getClass().getSimpleName()
                            + "); name a directory that can be written in kindling.journal.dir",
                    e);
        }
    }

    /** @param target closed with this */
    public JournaledCore(DriverCore core, DriverSettings settings, OutputStream target) {
        this.core = core;
        this.out = new DataOutputStream(new BufferedOutputStream(target, 64 << 10));
        write(() -> {
            out.writeInt(MAGIC);
            out.writeInt(FrameCodec.VERSION);
            form.write(out, DriverSettings.class, settings);
        });
    }

    @Override
    public void on(long nowMs, DriverEvent event, Effects<DriverEffect> effects) {
        answers.clear();
        List<DriverEffect> decided = new ArrayList<>(4);
        core.on(nowMs, isWriting ? listeningTo(event) : event, decided::add);
        if (isWriting) {
            write(() -> {
                append(new JournalEntry(nowMs, event, answers, decided.size(), digestOf(decided, form)));
                if (event instanceof DriverEvent.Tick) {
                    out.flush();
                }
            });
        }
        decided.forEach(effects::add);
    }

    private void append(JournalEntry entry) throws IOException {
        byte[] bytes = bytesOf(form, JournalEntry.class, entry);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        out.writeInt(bytes.length);
        out.writeInt((int) crc.getValue());
        out.write(bytes);
        byteCount += bytes.length + 8L;
        if (byteCount > MAX_BYTES) {
            throw new IOException("it has " + byteCount + " bytes, " + MAX_BYTES + " are the most");
        }
    }

    static long digestOf(List<DriverEffect> effects, RecordForm form) throws IOException {
        long digest = effects.size();
        for (DriverEffect effect : effects) {
            CRC32C low = new CRC32C();
            byte[] bytes = bytesOf(form, DriverEffect.class, effect);
            low.update(bytes);
            digest = digest * 0x9E3779B97F4A7C15L + low.getValue() + ((long) bytes.length << 32);
        }
        return digest;
    }

    private static byte[] bytesOf(RecordForm form, Class<?> type, Object value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        form.write(new DataOutputStream(bytes), type, value);
        return bytes.toByteArray();
    }

    private interface Writing {
        void run() throws IOException;
    }

    /** A run does not fail for its journal. */
    private void write(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            isWriting = false;
            LOG.warn("the journal of the driver ends here: {}", e.getMessage());
        }
    }

    // ---- what the core asks ---------------------------------------------------------------------------------------

    private DriverEvent listeningTo(DriverEvent event) {
        return event instanceof DriverEvent.JobSubmitted submitted
                ? new DriverEvent.JobSubmitted(submitted.job().withInputs(stage -> new Heard(stage.inputs())))
                : event;
    }

    /** Passes questions on, and remembers the answers. */
    private final class Heard implements JobGraph.TaskInputs {
        private final JobGraph.TaskInputs inputs;

        Heard(JobGraph.TaskInputs inputs) {
            this.inputs = inputs;
        }

        @Override
        public List<LeafInput> of(int partition) {
            return noted(inputs.of(partition));
        }

        @Override
        public List<LeafInput> of(int partition, JobGraph.HeldPartitions held) {
            return noted(inputs.of(partition, held));
        }

        private List<LeafInput> noted(List<LeafInput> answer) {
            answers.add(new JournalEntry.Answer.Inputs(answer));
            return answer;
        }

        @Override
        public List<String> preferredHosts(int partition) {
            List<String> hosts = inputs.preferredHosts(partition);
            answers.add(new JournalEntry.Answer.Hosts(hosts));
            return hosts;
        }
    }

    @Override
    public void close() {
        isWriting = false;
        try {
            out.close();
        } catch (IOException e) {
            LOG.warn("the end of the driver's journal could not be written: {}", e.getMessage());
        }
    }
}
