package dev.kindling.driver.ui;

import com.sun.net.httpserver.Headers;
import dev.kindling.util.Secret;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who may look. On this machine those who have the token, which is new for each application, and who ask for this host
 * by its own name. From other machines only the cluster's proxy, for users that it names and that may look; it asks below
 * a secret path, so that nobody else on the proxy's machine can name a user.
 */
record Access(String host, int port, Secret token, Secret path, Optional<PageProxy> proxy) {
    /** In which the proxy names the user. */
    private static final String USER_COOKIE = "proxy-user=";

    static Access to(String host, int port, Optional<PageProxy> proxy) {
        return new Access(host, port, Secret.random(), Secret.random(), proxy);
    }

    String address() {
        return "http://" + authority(host) + "/#" + token.reveal();
    }

    /** Where the proxy finds it. */
    String addressForProxy() {
        return "http://" + authority(host) + "/" + path.reveal() + "/";
    }

    private String authority(String name) {
        return (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + port;
    }

    /** What is asked for through the proxy, such as {@code /events}; empty when it is not asked for in that way. */
    Optional<String> throughProxy(String asked) {
        int end = asked.indexOf('/', 1);
        return end > 0 && proxy.isPresent() && path.equals(Secret.of(asked.substring(1, end)))
                ? Optional.of(asked.substring(end))
                : Optional.empty();
    }

    /** Why the proxy is not answered; empty when it is. */
    Optional<String> refusal(Headers headers, InetAddress from) {
        PageProxy asking = proxy.orElseThrow();
        String user = userIn(headers);
        if (!asking.isProxy(from)) {
            return Optional.of(from.getHostAddress() + " is not the cluster's proxy");
        } else if (!asking.mayLook(user)) {
            return Optional.of(
                    (user.isEmpty() ? "the cluster's proxy does not say who you are" : user + " may not look") + "; "
                            + asking.advice());
        }
        return Optional.empty();
    }

    private static String userIn(Headers headers) {
        List<String> cookies = headers.getOrDefault("Cookie", List.of());
        return cookies.stream()
                .flatMap(line -> Stream.of(line.split(";")))
                .map(String::strip)
                .filter(cookie -> cookie.startsWith(USER_COOKIE))
                .map(cookie -> cookie.substring(USER_COOKIE.length()).replace("\"", ""))
                .findFirst()
                .orElse("");
    }

    /** What the token opens is for this machine: it would be read on its way from another one. */
    static boolean isOfThisMachine(InetAddress from, InetAddress to) {
        return from.isLoopbackAddress() || from.equals(to);
    }

    /** A name of somebody else's that leads here, by its own name server, is not one of these. */
    boolean isToThisHost(Headers headers) {
        String asked = headers.getFirst("Host");
        return Stream.of("127.0.0.1", "localhost", "::1", host)
                .anyMatch(name -> authority(name).equals(asked));
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
