// The station API from C#, .NET Framework 4.7.2 or later (references: System.Net.Http, System.Web.Extensions).
//   Station.exe station.token A104 340100 341200202611240178 [http://127.0.0.1:7801]

using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Web.Script.Serialization;

public sealed class Refused : Exception
{
    public readonly string Code;

    public Refused(string code, string title) : base(title + " [" + code + "]")
    {
        Code = code;
    }
}

public sealed class Station
{
    private readonly HttpClient client;
    private readonly JavaScriptSerializer json = new JavaScriptSerializer();

    public Station(string token, string url)
    {
        // A proxy of the system's must not get the token.
        client = new HttpClient(new HttpClientHandler { UseProxy = false, AllowAutoRedirect = false });
        client.BaseAddress = new Uri(url + "/v1/");
        client.Timeout = TimeSpan.FromSeconds(10);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    // One call. Throws Refused, and HttpRequestException or OperationCanceledException where the terminal is away.
    public Dictionary<string, object> Call(string method, string path, object body = null, string key = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body != null)
        {
            request.Content = new StringContent(json.Serialize(body), Encoding.UTF8, "application/json");
        }
        if (key != null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }
        using (HttpResponseMessage response = client.SendAsync(request).GetAwaiter().GetResult())
        {
            string text = response.Content.ReadAsStringAsync().GetAwaiter().GetResult();
            var answer = json.Deserialize<Dictionary<string, object>>(text);
            if (response.IsSuccessStatusCode)
            {
                return answer;
            }
            throw new Refused(((string)answer["type"]).Replace("urn:kiosk:problem:", ""), (string)answer["title"]);
        }
    }

    // Starts a visit and gives its id. Tried again under one key, so that it is one visit whatever is lost.
    public string Start(object visit, TimeSpan patience)
    {
        string key = Guid.NewGuid().ToString();
        DateTime until = DateTime.UtcNow + patience;
        while (true)
        {
            try
            {
                return (string)Call("POST", "visits", visit, key)["visit_id"];
            }
            catch (Refused refusal)
            {
                bool passing = refusal.Code == "busy" || refusal.Code == "unconfirmed" || refusal.Code == "too_many";
                if (!passing || DateTime.UtcNow > until)
                {
                    throw;
                }
            }
            catch (HttpRequestException)
            {
                if (DateTime.UtcNow > until)
                {
                    throw;
                }
            }
            Thread.Sleep(500);
        }
    }
}

public static class Program
{
    public static int Main(string[] words)
    {
        var station = new Station(File.ReadAllText(words[0]).Trim(), words.Length > 4 ? words[4] : "http://127.0.0.1:7801");
        station.Call("PUT", "staff", new { number = words[1] });
        var visit = new { matter = new { code = words[2] }, case_number = words[3], service_number = 1, stage = "accepted" };
        string id = station.Start(visit, TimeSpan.FromSeconds(30));
        Console.WriteLine("started " + id);
        station.Call("POST", "visits/" + id + "/invitation");
        while (true)
        {
            Dictionary<string, object> state = station.Call("GET", "state");
            var shown = (Dictionary<string, object>)state["visit"];
            if ((string)shown["visit_id"] != id || shown["outcome"] != null)
            {
                Console.WriteLine("ended " + shown["outcome"]); // that it was rated, and never how
                return 0;
            }
            Thread.Sleep(500);
        }
    }
}
