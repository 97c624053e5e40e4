package dev.kindling.yarn;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.Credentials;

/**
 * What a driver in the cluster is told: the command it shall run, and the files that its executors get. It lies among the
 * credentials of its container, for settings may hold what nobody else may see.
 */
record DriverOrder(List<String> command, ContainerFiles files) {
    private static final Text NAME = new Text("kindling.driver");
    private static final int MAX_WORDS = 1 << 20;

    DriverOrder {
        command = List.copyOf(command);
    }

    void addTo(Credentials credentials) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(command.size());
        for (String word : command) {
            byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
            out.writeInt(utf8.length);
            out.write(utf8);
        }
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

    private static DriverOrder read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int count = in.readInt();
        if (count < 0 || count > MAX_WORDS) {
            throw new IOException("the order of the driver is malformed");
        }
        List<String> command = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            command.add(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
        }
        return new DriverOrder(command, ContainerFiles.read(in));
    }
}
