package dev.kindling.yarn;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

/** Pages of applications as people see them who use the cluster's own pages. */
final class ProxiedPage {
    private ProxiedPage() {}

    /** What is below the application's pages, once the ResourceManager knows where they are. */
    static String read(Map<String, String> settings, List<String> applications, String path) throws Exception {
        URI page = URI.create(
                "http://" + proxyOf(settings) + "/proxy/" + applications.get(applications.size() - 1) + "/" + path);
        String[] read = {""};
        try {
            Await.until(
                    () -> {
                        HttpResponse<String> answer = ask(page);
                        read[0] = answer.body();
                        return answer.statusCode() == 200 && !read[0].contains("<html");
                    },
                    "the proxy shows " + page);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ": " + read[0], e);
        }
        return read[0];
    }

    /** Where the proxy is that the ResourceManager of a small cluster has in it. */
    static String proxyOf(Map<String, String> settings) {
        return settings.get("kindling.hadoop.yarn.resourcemanager.webapp.address");
    }

    private static HttpResponse<String> ask(URI page) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString());
    }
}
