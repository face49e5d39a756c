import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { takePersonas } from './session/personas.js';
import { SessionProvider } from './session/session.js';
import './styles.css';

takePersonas();
// The address may be opened where the console is open already.
addEventListener('hashchange', () => {
  if (takePersonas()) location.reload();
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <SessionProvider>
      <App />
    </SessionProvider>
  </StrictMode>,
);
