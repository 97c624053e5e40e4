package dev.kindling.driver.ui;

import com.sun.net.httpserver.Headers;
import dev.kindling.util.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Who may look: those who have the token, which is new for each application, and who ask for this host by its own name.
 */
record Access(int port, Secret token) {
    static Access to(int port) {
        return new Access(port, Secret.random());
    }

    String address() {
        return "http://127.0.0.1:" + port + "/#" + token.reveal();
    }

    /** A name of somebody else's that leads here, by its own name server, is not one of these. */
    boolean isToThisHost(Headers headers) {
        String host = headers.getFirst("Host");
        return List.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port)
                .contains(host);
    }

    boolean isAllowed(Headers headers) {
        return given(headers).map(Secret::of).filter(token::equals).isPresent();
    }

    /** As our page sends it, as a bearer's, or as a password, which every tool can send. */
    private static Optional<String> given(Headers headers) {
        String own = headers.getFirst("X-Kindling-Token");
        String authorization = headers.getFirst("Authorization");
        if (own != null || authorization == null) {
            return Optional.ofNullable(own);
        } else if (authorization.startsWith("Bearer ")) {
            return Optional.of(authorization.substring("Bearer ".length()));
        } else if (authorization.startsWith("Basic ")) {
            return passwordOf(authorization.substring("Basic ".length()));
        }
        return Optional.empty();
    }

    private static Optional<String> passwordOf(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded.strip()), StandardCharsets.UTF_8);
            return Optional.of(pair.substring(pair.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
