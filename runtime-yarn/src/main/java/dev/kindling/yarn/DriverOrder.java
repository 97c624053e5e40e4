package dev.kindling.yarn;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.Credentials;

/**
 * What a driver in the cluster is told: the command it shall run, who it is for stores of AWS (names and values of
 * {@link dev.kindling.storage.IdentityProperties}), and the files that its executors get. It lies among the credentials
 * of its container, for settings and identity may hold what nobody else may see.
 */
record DriverOrder(List<String> command, SortedMap<String, String> identity, ContainerFiles files) {
    static final Text NAME = new Text("kindling.driver");
    private static final int MAX_WORDS = 1 << 20;
    private static final String MALFORMED = "the order of the driver is malformed";

    DriverOrder {
        command = List.copyOf(command);
        identity = Collections.unmodifiableSortedMap(new TreeMap<>(identity));
    }

    void addTo(Credentials credentials) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        writeWords(out, command);
        writeWords(out, List.copyOf(identity.keySet()));
        writeWords(out, List.copyOf(identity.values()));
        files.write(out);
        credentials.addSecretKey(NAME, bytes.toByteArray());
    }

    /** Of this process; empty when it is none of the cluster's drivers. */
    static Optional<DriverOrder> ofThisContainer() throws IOException {
        if (System.getenv(ContainerEnvironment.CREDENTIALS) == null) {
            return Optional.empty();
        }
        byte[] bytes = ContainerEnvironment.credentials().getSecretKey(NAME);
        return bytes == null ? Optional.empty() : Optional.of(read(bytes));
    }

    static DriverOrder read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        List<String> command = readWords(in);
        List<String> names = readWords(in);
        List<String> values = readWords(in);
        if (names.size() != values.size()) {
            throw new IOException(MALFORMED);
        }
        SortedMap<String, String> identity = new TreeMap<>();
        for (int i = 0; i < names.size(); i++) {
            identity.put(names.get(i), values.get(i));
        }
        return new DriverOrder(command, identity, ContainerFiles.read(in));
    }

    private static void writeWords(DataOutputStream out, List<String> words) throws IOException {
        out.writeInt(words.size());
        for (String word : words) {
            byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
            out.writeInt(utf8.length);
            out.write(utf8);
        }
    }

    private static List<String> readWords(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MAX_WORDS) {
            throw new IOException(MALFORMED);
        }
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
        }
        return words;
    }

    /** How many words; none of them is for everybody's eyes. */
    @Override
    public String toString() {
        return "DriverOrder[" + command.size() + " words, " + identity.size() + " properties of an identity]";
    }
}
