package dev.kindling.yarn;

import dev.kindling.config.Config;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.token.Token;

/** A program that has a ticket and leaves what containers of its application would get, once valid and once cancelled. */
public final class TokensOfAlice {
    private TokensOfAlice() {}

    /** @param args where the files {@code valid} and {@code cancelled} go */
    public static void main(String[] args) throws Exception {
        Config config = Config.parse(Map.of("kindling.hadoop.yarn.resourcemanager.principal", "yarn"));
        Configuration settings = YarnLauncher.settingsOf(config);

        Credentials valid = FileTokens.obtain(config, settings);
        Credentials cancelled = FileTokens.obtain(config, settings);
        for (Token<?> token : cancelled.getAllTokens()) {
            token.cancel(settings);
        }

        write(valid, Path.of(args[0], "valid"));
        write(cancelled, Path.of(args[0], "cancelled"));
        System.out.println(valid.numberOfTokens() + " tokens, of one end: "
                + FileTokens.endOf(valid).isPresent());
    }

    private static void write(Credentials tokens, Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            tokens.writeTokenStorageToStream(out);
        }
    }
}
