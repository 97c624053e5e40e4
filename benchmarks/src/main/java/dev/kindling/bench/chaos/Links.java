package dev.kindling.bench.chaos;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener;
import dev.kindling.driver.HarmfulProxy;
import dev.kindling.driver.HarmfulProxy.Harm;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A proxy before each executor, through which the others fetch blocks. Executors listen on a name that a file of theirs
 * knows; once all of them listen, the file says that it is the address of the proxies.
 */
final class Links implements Closeable {
    private static final long READY_WITHIN_MS = 60_000;

    private final Path hosts;
    private final List<HarmfulProxy> proxies = new ArrayList<>();

    Links(Path directory) throws IOException {
        hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n");
    }

    void addTo(KindlingConf conf) {
        conf.set("kindling.executor.bindAddress", "localhost")
                .set("kindling.executor.javaOptions", "-Djdk.net.hosts.file=" + hosts + ",-Dsun.net.inetaddr.ttl=0")
                // No executor reads files of another one.
                .set("kindling.executor.commandPrefix", "env")
                .set("kindling.fetch.timeoutMs", "1000");
    }

    /** Called as soon as the cluster starts. */
    void open(KindlingContext kindling, int executors) throws IOException, InterruptedException {
        BlockingQueue<Integer> ports = new LinkedBlockingQueue<>();
        kindling.addListener(new KindlingListener() {
            @Override
            public void onEvent(Event e) {
                if (e instanceof Event.BlocksServed served) {
                    ports.add(served.port());
                }
            }
        });
        while (proxies.size() < executors) {
            Integer port = ports.poll(READY_WITHIN_MS, TimeUnit.MILLISECONDS);
            if (port == null) {
                throw new IOException(proxies.size() + " of " + executors + " executors have started");
            }
            proxies.add(new HarmfulProxy("127.0.1.1", port));
        }
        Files.writeString(hosts, "127.0.1.1 localhost\n");
    }

    /** To so many pieces at each of them. */
    void harm(Harm harm, int pieces) {
        proxies.forEach(proxy -> proxy.harm(harm, pieces));
    }

    /** Returns whether any harm was done. */
    boolean heal() {
        proxies.forEach(HarmfulProxy::heal);
        return proxies.stream().anyMatch(proxy -> proxy.harmedPieces() > 0);
    }

    @Override
    public void close() throws IOException {
        for (HarmfulProxy proxy : proxies) {
            proxy.close();
        }
    }
}
