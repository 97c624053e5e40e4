package dev.kindling.executor;

import dev.kindling.rpc.ApplicationCredentials;
import dev.kindling.util.Secret;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that an executor process is told when it starts. It comes through standard input or the
 * credentials of a container: it holds the application's credentials, which never stand in an argument or in the
 * environment.
 *
 * @param executorId such as {@code e1}
 * @param incarnation higher for each later process under this id
 * @param nonce of the launch: no other process can register under this id with it
 * @param cores attempts that run at once
 * @param memoryBytes its heap, as it was asked for
 * @param scratchDirectories where its files go, in a directory of its own that is deleted when it ends
 * @param hostKey equal for executors that see the same local disks
 * @param driverHost where the driver listens
 * @param credentials open every connection of the application
 * @param classPath the user's jars and directories that lie on this machine
 * @param hasJars whether the driver publishes jars of the program, to be fetched before the first task
 * @param settings {@code kindling.*} keys that are set, and the driver's identity properties for stores
 */
public record ExecutorBootstrap(
        String applicationId,
        String executorId,
        long incarnation,
        Secret nonce,
        int cores,
        long memoryBytes,
        List<String> scratchDirectories,
        String hostKey,
        String driverHost,
        int driverPort,
        ApplicationCredentials credentials,
        List<String> classPath,
        boolean hasJars,
        Map<String, String> settings) {
    private static final int MAGIC = 0x4b494e44; // "KIND"
    private static final int MAX_BYTES = 1 << 24;

    public ExecutorBootstrap {
        scratchDirectories = List.copyOf(scratchDirectories);
        classPath = List.copyOf(classPath);
        settings = Map.copyOf(settings);
    }

    /** The same, with what only the machine knows that the executor runs on. */
    public ExecutorBootstrap onMachine(List<String> scratchDirectoriesThere, String hostKeyThere) {
        return new ExecutorBootstrap(
                applicationId,
                executorId,
                incarnation,
                nonce,
                cores,
                memoryBytes,
                scratchDirectoriesThere,
                hostKeyThere,
                driverHost,
                driverPort,
                credentials,
                classPath,
                hasJars,
                settings);
    }

    /** Writes it, for {@link #read} of the same build. */
    public void write(DataOutputStream out) throws IOException {
        out.writeInt(MAGIC);
        writeText(out, applicationId);
        writeText(out, executorId);
        out.writeLong(incarnation);
        writeText(out, nonce.reveal());
        out.writeInt(cores);
        out.writeLong(memoryBytes);
        writeTexts(out, scratchDirectories);
        writeText(out, hostKey);
        writeText(out, driverHost);
        out.writeInt(driverPort);
        credentials.writeTo(out);
        writeTexts(out, classPath);
        out.writeBoolean(hasJars);
        Map<String, String> sorted = new TreeMap<>(settings);
        out.writeInt(sorted.size());
        for (Map.Entry<String, String> setting : sorted.entrySet()) {
            writeText(out, setting.getKey());
            writeText(out, setting.getValue());
        }
        out.flush();
    }

    /** @throws IOException also when the input is something else, such as a terminal */
    public static ExecutorBootstrap read(DataInputStream in) throws IOException {
        if (in.readInt() != MAGIC) {
            throw new IOException("standard input does not start with an executor's bootstrap; executors are started"
                    + " by their driver, not by hand");
        }
        return new ExecutorBootstrap(
                readText(in),
                readText(in),
                in.readLong(),
                Secret.of(readText(in)),
                in.readInt(),
                in.readLong(),
                readTexts(in),
                readText(in),
                readText(in),
                in.readInt(),
                ApplicationCredentials.read(in),
                readTexts(in),
                in.readBoolean(),
                readSettings(in));
    }

    private static void writeTexts(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            writeText(out, text);
        }
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String readText(DataInputStream in) throws IOException {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = readCount(in);
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the executor's bootstrap ends early");
        }
        return bytes;
    }

    private static List<String> readTexts(DataInputStream in) throws IOException {
        int count = readCount(in);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(readText(in));
        }
        return texts;
    }

    private static Map<String, String> readSettings(DataInputStream in) throws IOException {
        int count = readCount(in);
        Map<String, String> settings = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            settings.put(readText(in), readText(in));
        }
        return settings;
    }

    private static int readCount(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MAX_BYTES) {
            throw new IOException("the executor's bootstrap is malformed");
        }
        return count;
    }

    /** Without credentials and nonce. */
    @Override
    public String toString() {
        return executorId + " of " + applicationId + ", driver " + driverHost + ":" + driverPort;
    }
}
