package dev.kindling.yarn;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.config.YarnKeys;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.security.token.delegation.AbstractDelegationTokenIdentifier;
import org.apache.hadoop.yarn.client.util.YarnClientUtils;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delegation tokens of file systems that ask for Kerberos. Containers have no ticket; with a token they act as the user
 * who has submitted the application, and nodes fetch that user's files. The ResourceManager renews tokens while the
 * application runs, up to an end that the file system has set, and cancels them afterwards.
 */
final class FileTokens {
    private static final Logger LOG = LoggerFactory.getLogger(FileTokens.class);

    private FileTokens() {}

    /** Those that the containers of an application need; none where nobody asks for Kerberos. Waits for servers. */
    static Credentials obtain(Config config, Configuration settings) throws IOException {
        Credentials tokens = new Credentials();
        if (!UserGroupInformation.isSecurityEnabled()) {
            return tokens;
        }
        Set<Path> places = new LinkedHashSet<>();
        places.add(YarnLauncher.stagingDirectory(config, settings, MasterSession.user()));
        places.add(new Path(FileSystem.getDefaultUri(settings)));
        config.get(YarnKeys.FILE_SYSTEMS).forEach(named -> places.add(new Path(named)));
        String renewer = YarnClientUtils.getRmPrincipal(settings);
        for (Path place : places) {
            obtain(place, settings, renewer, tokens);
        }
        endOf(tokens)
                .ifPresent(endMs -> LOG.info(
                        "containers reach HDFS by {} delegation tokens until {}; an application that runs longer fails"
                                + " there and has to be submitted again",
                        tokens.numberOfTokens(),
                        Instant.ofEpochMilli(endMs)));
        return tokens;
    }

    /** Adds what a file system hands out, once each. */
    static void obtain(Path place, Configuration settings, String renewer, Credentials tokens) {
        try {
            place.getFileSystem(settings).addDelegationTokens(renewer, tokens);
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.BAD_CONFIGURATION,
                    "cannot get a delegation token from " + place + " for the application's containers: "
                            + Submission.firstLine(e.getMessage())
                            + "; run kinit first, and look at fs.defaultFS and kindling.yarn.fileSystems",
                    e);
        }
    }

    /** Of a driver in a container, for its executors: all but what opens the ResourceManager to the driver. */
    static Credentials passedOn(Credentials drivers) {
        Credentials tokens = new Credentials();
        for (Token<?> token : drivers.getAllTokens()) {
            if (!token.getKind().equals(AMRMTokenIdentifier.KIND_NAME)) {
                tokens.addToken(token.getService(), token);
            }
        }
        return tokens;
    }

    /** When the first of them cannot be renewed any more; empty when none says. */
    static OptionalLong endOf(Credentials tokens) throws IOException {
        long first = Long.MAX_VALUE;
        for (Token<?> token : tokens.getAllTokens()) {
            if (token.decodeIdentifier() instanceof AbstractDelegationTokenIdentifier identifier) {
                first = Math.min(first, identifier.getMaxDate());
            }
        }
        return first == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(first);
    }
}
