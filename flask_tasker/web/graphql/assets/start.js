"use strict";

const place = document.getElementById("graphiql");
const fetcher = GraphiQL.createFetcher({ url: place.dataset.endpoint });
ReactDOM.createRoot(place).render(React.createElement(GraphiQL, { fetcher }));
