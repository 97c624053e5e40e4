package dev.kindling.yarn;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.ApplicationConstants;

/** What YARN tells a process in a container by its environment. */
final class ContainerEnvironment {
    /** Where the container's credentials lie, which only its user may read. */
    static final String CREDENTIALS = "HADOOP_TOKEN_FILE_LOCATION";

    private ContainerEnvironment() {}

    static String containerId() throws IOException {
        return value(ApplicationConstants.Environment.CONTAINER_ID.name());
    }

    static Credentials credentials() throws IOException {
        Credentials credentials = new Credentials();
        try (DataInputStream in = new DataInputStream(Files.newInputStream(Path.of(value(CREDENTIALS))))) {
            credentials.readTokenStorageStream(in);
        }
        return credentials;
    }

    static String value(String variable) throws IOException {
        String value = System.getenv(variable);
        if (value == null) {
            throw new IOException(variable + " is not set: this is started by YARN, not by hand");
        }
        return value;
    }
}
